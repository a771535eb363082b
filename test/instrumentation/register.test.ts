import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { currentTracing, startTracing } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { type ProgramOptions, runProgram } from '../helpers/child-program.js';
import { type OtlpReceiver, startOtlpReceiver } from '../helpers/otlp-receiver.js';

const REGISTER = ['--import', '@tracecourt/instrumentation/register'];
const NOWHERE = 'http://127.0.0.1:1';

describe('starting tracing in a process', () => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
  });

  const start = (options: ProgramOptions) =>
    runProgram({ ...options, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, ...options.environment } });
  const names = () => receiver.spans.map(({ name }) => name);

  it('tells an ES module whose clients were loaded past the instrumentation, once, and how to mend it', async () => {
    await using program = await start({
      source: `
import { startTracing } from '@tracecourt/instrumentation';
import Redis from 'ioredis';
import neo4j from 'neo4j-driver';
const tracing = startTracing({ serviceName: 'late' });
await tracing.shutdown();
`,
    });
    const { code, stderr } = await program.end();
    expect(code).to.equal(0);
    expect(stderr.trim().split('\n')).to.have.length(1);
    expect(stderr).to.contain('ioredis, neo4j-driver were loaded before tracing could hook in');
    expect(stderr).to.contain('node --import @tracecourt/instrumentation/register');
  });

  it('says nothing when they are imported after it', async () => {
    await using program = await start({
      source: `
import { startTracing } from '@tracecourt/instrumentation';
const tracing = startTracing({ serviceName: 'early' });
const { default: Redis } = await import('ioredis');
console.log(Redis.prototype.sendCommand.__wrapped);
await tracing.shutdown();
`,
    });
    expect(await program.end()).to.include({ code: 0, stdout: 'true\n', stderr: '' });
  });

  it('instruments the clients of a program that was started with the register door', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `
import { Kafka } from 'kafkajs';
import Redis, { Redis as Named } from 'ioredis';
import neo4j, { Session } from 'neo4j-driver';
console.log([Redis, Named].map(({ prototype }) => prototype.sendCommand.__wrapped), Session.prototype.run.__wrapped, Kafka.prototype.producer.__wrapped);
`,
    });
    expect(await program.end()).to.include({ code: 0, stdout: '[ true, true ] true true\n', stderr: '' });
  });

  for (const [protocol, contentType] of [
    [undefined, 'application/json'],
    ['http/json', 'application/json'],
    ['http/protobuf', 'application/x-protobuf'],
  ] as const) {
    it(`sends spans as ${contentType} where OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}`, async () => {
      await using program = await start({
        source: `
import { startTracing, wrapStep } from '@tracecourt/instrumentation';
const tracing = startTracing({ serviceName: 'sender' });
wrapStep('step', () => 1)();
await tracing.shutdown();
`,
        environment: protocol === undefined ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: protocol },
      });
      expect(await program.end()).to.include({ code: 0, stderr: '' });
      expect(names()).to.include('step');
      expect(new Set(receiver.contentTypes)).to.deep.equal(new Set([contentType]));
    });
  }

  it('may be done in a file of the service that is given to --import', async () => {
    await using program = await start({
      nodeArguments: ['--import', './tracing.mjs'],
      source: `
import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
import Redis from 'ioredis';
wrapStep('step', () => 1)();
console.log(Redis.prototype.sendCommand.__wrapped);
await currentTracing().shutdown();
`,
      files: {
        'tracing.mjs': `import { startTracing } from '@tracecourt/instrumentation'; startTracing({ serviceName: 'own' });`,
      },
    });
    expect(await program.end()).to.include({ code: 0, stdout: 'true\n', stderr: '' });
    expect(receiver.spans[0]?.resource).to.include({ 'service.name': 'own' });
  });

  it('sends what has ended before a program that has nothing more to do ends', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `import { wrapStep } from '@tracecourt/instrumentation'; wrapStep('last', () => 1)();`,
    });
    expect(await program.end()).to.include({ code: 0, stderr: '' });
    expect(names()).to.deep.equal(['last']);
  });

  it('sends what has ended when a signal ends the program, which dies of the signal all the same', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `
import { wrapStep } from '@tracecourt/instrumentation';
setInterval(() => undefined, 1000);
wrapStep('before the signal', () => 1)();
process.kill(process.pid, 'SIGTERM');
`,
    });
    expect(await program.end()).to.include({ code: null, signal: 'SIGTERM' });
    expect(names()).to.deep.equal(['before the signal']);
  });

  it('leaves a signal to a program that handles it', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `
const timer = setInterval(() => undefined, 1000);
process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); clearInterval(timer); }, 300));
process.kill(process.pid, 'SIGTERM');
`,
    });
    expect(await program.end()).to.include({ code: 0, stdout: 'drained\n' });
  });

  it('says once that the collector is away, where it was looked for, and lets the program work', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE },
      source: `
import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
const work = wrapStep('work', () => 'worked');
for (let i = 0; i < 2; i += 1) { console.log(work()); await currentTracing().flush(); }
`,
    });
    const { code, stdout, stderr } = await program.end();
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'worked\nworked\n' });
    expect(stderr.trim().split('\n')).to.have.length(1);
    expect(stderr).to.contain(`cannot deliver spans to ${NOWHERE}`).and.to.contain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it('traces http however it is imported, and counts a hand-off that was refused', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const url = 'http://127.0.0.1:' + server.address().port;
server.close();
await once(server, 'close');
const call = () => new Promise((resolve) => get(url).on('error', (error) => resolve(error.code)));
const load = () => fetch(url).catch((error) => error.cause.code);
console.log(await wrapStep('step', call)(), await wrapStep('step', load)());
await currentTracing().flush();
`,
    });
    expect(await program.end()).to.include({ code: 0, stdout: 'ECONNREFUSED ECONNREFUSED\n', stderr: '' });
    const clients = receiver.spans.filter(({ kind }) => kind === 3);
    expect(clients).to.have.length(2);
    for (const { attributes, events, statusCode } of clients) {
      expect(statusCode).to.equal(2);
      expect(attributes).to.include({ 'tracecourt.sent': 1, 'server.address': '127.0.0.1' });
      expect(events[0]?.attributes).to.include({ 'exception.type': 'ECONNREFUSED' });
    }
  });

  it('gives no span to a health check, nor to a call outside every span', async () => {
    await using program = await start({
      nodeArguments: REGISTER,
      source: `
import { createServer } from 'node:http';
import { once } from 'node:events';
import { currentTracing } from '@tracecourt/instrumentation';
const server = createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
await once(server, 'listening');
for (const path of ['/healthz', '/readyz?verbose', '/work']) await (await fetch('http://127.0.0.1:' + server.address().port + path)).text();
await currentTracing().flush();
server.close();
server.closeAllConnections();
`,
    });
    expect(await program.end()).to.include({ code: 0, stderr: '' });
    expect(receiver.spans.map(({ attributes }) => attributes['url.path'])).to.deep.equal(['/work']);
  });

  it('gives a request that comes in without an id one, where that was asked for', async () => {
    await using program = await start({
      nodeArguments: ['--import', './tracing.mjs'],
      files: {
        'tracing.mjs': `import { startTracing } from '@tracecourt/instrumentation'; startTracing({ assignRequestIds: () => 'fresh' });`,
      },
      source: `
import { createServer } from 'node:http';
import { once } from 'node:events';
import { currentRequestId, currentTracing } from '@tracecourt/instrumentation';
const server = createServer((request, response) => response.end(currentRequestId())).listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text());
await currentTracing().flush();
server.close();
server.closeAllConnections();
`,
    });
    expect(await program.end()).to.include({ code: 0, stdout: 'fresh\n', stderr: '' });
    expect(receiver.spans[0]?.attributes).to.include({ 'tracecourt.request.id': 'fresh' });
  });

  describe('beside the global one', () => {
    it('registers nothing, and works with explicit contexts', async () => {
      await using tracing = startTracing({ global: false, serviceName: 'driver', endpoint: `${receiver.endpoint}/` });
      const span = tracing.tracer.startSpan('root', {}, ROOT_CONTEXT);
      const headers: Record<string, string> = {};
      tracing.propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, {
        set: (carrier, key, value) => {
          carrier[key] = value;
        },
      });
      span.end();
      await tracing.flush();
      expect(currentTracing()).to.equal(undefined);
      expect(trace.getTracerProvider().getTracer('other').startSpan('other').isRecording()).to.equal(false);
      expect(headers['tracestate']).to.equal(`tracecourt=${span.spanContext().spanId}.1`);
      expect(receiver.spans[0]).to.include({ name: 'root' });
      expect(receiver.spans[0]?.attributes).to.include({ 'tracecourt.account': `1.1.${span.spanContext().spanId}` });
      expect(receiver.spans[0]?.resource).to.include({
        'service.name': 'driver',
        'service.instance.id': tracing.instanceId,
      });
    });

    it('lets the exporter be decorated', async () => {
      const seen: number[] = [];
      await using tracing = startTracing({
        global: false,
        endpoint: receiver.endpoint,
        wrapExporter: (exporter) => ({
          export: (spans, done) => {
            seen.push(spans.length);
            exporter.export(spans, done);
          },
          shutdown: () => exporter.shutdown(),
        }),
      });
      tracing.tracer.startSpan('seen').end();
      await tracing.flush();
      expect(seen).to.deep.equal([1]);
      expect(names()).to.deep.equal(['seen']);
    });

    it('survives an exporter that throws, and being stopped twice', async () => {
      const tracing = startTracing({
        global: false,
        wrapExporter: (exporter) => ({
          export: () => {
            throw new Error('broken exporter');
          },
          shutdown: () => exporter.shutdown(),
        }),
      });
      tracing.tracer.startSpan('lost').end();
      await tracing.flush();
      await Promise.all([tracing.shutdown(), tracing.shutdown()]);
      tracing.tracer.startSpan('after the end').end();
      await tracing.flush();
    });
  });
});
