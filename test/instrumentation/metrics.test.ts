import { createServer } from 'node:net';
import { type SpanExporter, startTracing, type TracingOptions, wrapStep } from '@tracecourt/instrumentation';
import { expect } from 'chai';

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

  it('are not served unless asked for, nor anywhere but at /metrics', async () => {
    await using without = start({});
    expect(await without.metricsAddress()).to.equal(undefined);
    await using tracing = start({ metricsPort: 0 });
    const address = (await tracing.metricsAddress()) ?? '';
    expect((await fetch(address.replace('/metrics', '/'))).status).to.equal(404);
    expect((await fetch(address, { method: 'POST' })).status).to.equal(404);
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
