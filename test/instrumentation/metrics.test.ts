import { createServer } from 'node:net';
import { type SpanExporter, startTracing, type TracingOptions, wrapStep } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { runProgram } from '../helpers/child-program.js';
import { parseMetrics, readingOf } from '../helpers/metrics-text.js';
import { startOtlpReceiver } from '../helpers/otlp-receiver.js';
import { exchangeRaw } from '../helpers/raw-http.js';

/** Metrics do not need a collector. */
const nowhere: SpanExporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => undefined };

function start(options: TracingOptions) {
  return startTracing({ global: false, wrapExporter: () => nowhere, ...options });
}

async function scrape(address: string | undefined): Promise<string> {
  const response = await fetch(address ?? 'http://no.metrics');
  expect(response.status).to.equal(200);
  return response.text();
}

describe('metrics of a service', () => {
  it('tell Prometheus how often steps went well or failed, and how long they took, on loopback only', async () => {
    await using tracing = start({ serviceName: 'toy', metricsPort: 0 });
    const save = wrapStep(
      'save',
      (fails: boolean) => {
        if (fails) throw new Error('disk full');
      },
      { tracer: tracing.tracer },
    );
    save(false);
    save(false);
    expect(() => save(true)).to.throw('disk full');

    const address = await tracing.metricsAddress();
    expect(address).to.match(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const text = await scrape(address);
    expect(text).to.match(/tracecourt_step_duration_count\{step="save",outcome="ok"[^}]*\} 2/);
    expect(text).to.match(/tracecourt_step_duration_count\{step="save",outcome="error"[^}]*\} 1/);
    expect(text).to.match(/tracecourt_step_duration_bucket\{.*le="0\.005"/);
    expect(text).to.include('service_name="toy"');
  });

  it('measure calls of stores by system and operation', async () => {
    await using tracing = start({ metricsPort: 0 });
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': 'SET', 'db.query.text': 'SET ctx:1 ?' };
    tracing.tracer.startSpan('SET', { attributes }).end();
    const text = await scrape(await tracing.metricsAddress());
    expect(text).to.match(/db_client_operation_duration_count\{db_system_name="redis",db_operation_name="SET"/);
    expect(text).not.to.include('ctx:1');
  });

  it('can be read before anything has happened', async () => {
    await using tracing = start({ metricsPort: 0 });
    const series = parseMetrics(await scrape(await tracing.metricsAddress()));
    expect(readingOf(series, 'process_uptime')).to.be.greaterThan(0);
  });

  it('are not served unless asked for, nor anywhere but at /metrics', async () => {
    await using without = start({});
    expect(await without.metricsAddress()).to.equal(undefined);
    await using tracing = start({ metricsPort: 0 });
    const address = (await tracing.metricsAddress()) ?? '';
    expect((await fetch(address.replace('/metrics', '/'))).status).to.equal(404);
    expect((await fetch(address, { method: 'POST' })).status).to.equal(404);
  });

  it('are told whatever the query, and to nobody who reached this machine by another name', async () => {
    await using tracing = start({ metricsPort: 0 });
    const address = (await tracing.metricsAddress()) ?? '';
    expect((await fetch(`${address}?name[]=step`)).status).to.equal(200);
    expect((await fetch(address, { method: 'HEAD' })).status).to.equal(200);
    const answers = async (host: string) =>
      (await exchangeRaw(address, `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).split(
        '\r\n',
      )[0];
    expect(await answers('localhost:9464')).to.equal('HTTP/1.1 200 OK');
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.1']) {
      expect(await answers(host), host).to.equal('HTTP/1.1 403 Forbidden');
    }
  });

  it('are no requests of a workflow: a scrape gives no span, and its open connection does not keep the process alive', async () => {
    await using receiver = await startOtlpReceiver();
    await using program = await runProgram({
      source: `
        import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
        console.log(await currentTracing().metricsAddress());
        process.stdin.once('data', () => wrapStep('last', () => process.stdin.destroy())());`,
      nodeArguments: ['--import', '@tracecourt/instrumentation/register'],
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, TRACECOURT_METRICS_PORT: '0' },
    });
    const address = await program.line();
    for (let i = 0; i < 3; i++) await scrape(address);
    program.process.stdin.write('done');
    expect(await program.end()).to.include({ code: 0, stderr: '' });
    expect(receiver.spans.map(({ name }) => name)).to.deep.equal(['last']);
  });

  it('survive requests that are none', async () => {
    await using tracing = start({ metricsPort: 0 });
    const address = (await tracing.metricsAddress()) ?? '';
    for (const garbage of ['GET // HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '\0\0\0\r\n\r\n']) {
      await exchangeRaw(address, garbage);
    }
    expect((await fetch(address)).status).to.equal(200);
  });

  it('never make the service fail: a port that is taken is warned of', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    await using tracing = start({ metricsPort: typeof address === 'object' && address ? address.port : 0 });
    expect(await tracing.metricsAddress()).to.equal(undefined);
    expect(wrapStep('save', () => 7, { tracer: tracing.tracer })()).to.equal(7);
    taken.close();
  });

  it('stop with the tracing', async () => {
    const tracing = start({ metricsPort: 0 });
    const address = (await tracing.metricsAddress()) ?? '';
    await tracing.shutdown();
    const failure = await fetch(address).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(Error);
  });
});
