import { expect } from 'chai';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { runProgram } from '../helpers/child-program.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../helpers/otlp-receiver.js';

const REGISTER = ['--import', '@tracecourt/instrumentation/register'];

/** Runs the program with tracing and returns its spans without the step's own, and what it printed. */
async function spansOf(
  receiver: OtlpReceiver,
  source: string,
  options: { readonly environment?: Record<string, string>; readonly extension?: 'mjs' | 'cjs' } = {},
): Promise<{ readonly spans: readonly ReceivedSpan[]; readonly stdout: string; readonly stderr: string }> {
  const before = receiver.spans.length;
  await using program = await runProgram({
    source,
    nodeArguments: REGISTER,
    ...(options.extension && { extension: options.extension }),
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_SERVICE_NAME: 'client',
      ...options.environment,
    },
  });
  const { code, stdout, stderr } = await program.end();
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  await receiver.until((spans) => spans.slice(before).some(({ name }) => name === 'step'));
  return { spans: receiver.spans.slice(before).filter(({ name }) => name !== 'step'), stdout, stderr };
}

describe('neo4j-driver under tracing', () => {
  let receiver: OtlpReceiver;
  let graph: EmbeddedServer;

  before(async () => {
    receiver = await startOtlpReceiver();
    graph = await startEmbeddedNeo4j();
  });
  after(async () => {
    await graph?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  const program = (body: string) => `
import neo4j from 'neo4j-driver';
import { wrapStep } from '@tracecourt/instrumentation';
const driver = neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'), { maxTransactionRetryTime: 100 });
await wrapStep('step', async () => {
  const session = driver.session({ database: 'neo4j' });
  ${body}
  await session.close();
})();
await driver.close();
`;
  const run = (body: string) => spansOf(receiver, program(body), { environment: { NEO4J_URL: graph.url } });

  it('gives one CLIENT span for a query, with stable attributes and no values', async () => {
    const { spans } = await run(
      `await session.run("CREATE (d:Decision {id: $id, note: 'secret', size: 3}) RETURN d", { id: 'd-1' });`,
    );
    expect(spans).to.have.length(1);
    expect(spans[0]).to.include({ name: 'CREATE Decision', kind: 3, statusCode: 0 });
    expect(spans[0]?.schemaUrl).to.contain('1.44');
    expect(spans[0]?.attributes).to.include({
      'db.system.name': 'neo4j',
      'db.namespace': 'neo4j',
      'db.operation.name': 'CREATE',
      'db.collection.name': 'Decision',
      'db.query.summary': 'CREATE Decision',
      'db.query.text': 'CREATE (d:Decision {id: $id, note: ?, size: ?}) RETURN d',
      'server.address': '127.0.0.1',
      'server.port': graph.port,
    });
  });

  const readings = {
    'a promise': `await session.run('UNWIND [1,2,3] AS x RETURN x');`,
    subscribe: `await new Promise((onCompleted, onError) => session.run('UNWIND [1,2,3] AS x RETURN x').subscribe({ onCompleted, onError }));`,
    'for await': `for await (const record of session.run('UNWIND [1,2,3] AS x RETURN x')) record.get('x');`,
    'for await, left early': `for await (const record of session.run('UNWIND [1,2,3] AS x RETURN x')) break;`,
    summary: `await session.run('UNWIND [1,2,3] AS x RETURN x').summary();`,
    'a managed transaction': `await session.executeWrite((tx) => tx.run('UNWIND [1,2,3] AS x RETURN x'));`,
    'an explicit transaction': `const tx = await session.beginTransaction(); await tx.run('UNWIND [1,2,3] AS x RETURN x'); await tx.commit();`,
    executeQuery: `await driver.executeQuery('UNWIND [1,2,3] AS x RETURN x', {}, { database: 'neo4j' });`,
    'a reactive session': `
      const rx = driver.rxSession();
      await new Promise((complete, error) => rx.run('UNWIND [1,2,3] AS x RETURN x').records().subscribe({ complete, error }));
      await new Promise((complete, error) => rx.close().subscribe({ complete, error }));`,
  };
  for (const [reader, body] of Object.entries(readings)) {
    it(`ends the span of a result read by ${reader}`, async () => {
      const { spans } = await run(body);
      expect(spans.map(({ name, statusCode }) => [name, statusCode])).to.deep.equal([['UNWIND', 0]]);
    });
  }

  it('ends the span of a result that nobody reads, however the session ends it', async () => {
    const { spans } = await run(`session.run('UNWIND [1,2,3] AS x RETURN x');`);
    expect(spans.map(({ name }) => name)).to.deep.equal(['UNWIND']);
  });

  it('records the code of an error, and throws the same error', async () => {
    const { spans, stdout } = await run(
      `await session.run('THIS IS NO CYPHER').catch((error) => console.log(error.code));`,
    );
    expect(spans).to.have.length(1);
    expect(spans[0]?.statusCode).to.equal(2);
    expect(spans[0]?.attributes).to.include({ 'db.response.status_code': stdout.trim(), 'error.type': stdout.trim() });
    expect(stdout).to.contain('Neo.ClientError.Statement');
  });

  it('records a server that is not there', async () => {
    const body = `await session.run('RETURN 1').catch((error) => console.log(error.code));`;
    const { spans, stdout } = await spansOf(receiver, program(body), {
      environment: { NEO4J_URL: 'bolt://127.0.0.1:1' },
    });
    expect(stdout.trim()).to.equal('ServiceUnavailable');
    expect(spans[0]?.attributes).to.include({ 'db.response.status_code': 'ServiceUnavailable', 'server.port': 1 });
  });

  it('traces a driver that was imported too early, on request and once', async () => {
    const source = `
import neo4j from 'neo4j-driver';
import { instrumentDriver, startTracing, wrapStep } from '@tracecourt/instrumentation';
const tracing = startTracing({ instrumentations: false });
const driver = instrumentDriver(instrumentDriver(neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'))));
await wrapStep('step', async () => {
  await driver.executeQuery('RETURN 1');
  const session = driver.session();
  await session.run('MATCH (n:Late) RETURN n');
  await session.close();
})();
await driver.close();
await tracing.shutdown();
`;
    await using program = await runProgram({
      source,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, NEO4J_URL: graph.url },
    });
    expect(await program.end()).to.include({ code: 0, stderr: '' });
    expect(receiver.spans.slice(-3).map(({ name }) => name)).to.have.members(['step', 'RETURN', 'MATCH Late']);
  });

  it('throws what the driver throws at once, and gives the results it gives', async () => {
    const { spans, stdout } = await run(`
      try { session.run(42); } catch (error) { console.log(error.name); }
      const result = session.run('RETURN 1 AS one');
      console.log(result.constructor.name, (await result).records[0].get('one').toNumber());`);
    expect(stdout.trim().split('\n')).to.deep.equal(['TypeError', 'Result 1']);
    expect(spans.map(({ statusCode }) => statusCode).sort()).to.deep.equal([0, 2]);
  });

  it('gives no span to a query outside every span', async () => {
    const source = program('').replace(
      'await driver.close()',
      `await driver.executeQuery('RETURN 1'); await driver.close()`,
    );
    const { spans } = await spansOf(receiver, source, { environment: { NEO4J_URL: graph.url } });
    expect(spans).to.have.length(0);
  });

  it('is patched for require too', async () => {
    const source = `
const neo4j = require('neo4j-driver');
(async () => {
  const { wrapStep } = await import('@tracecourt/instrumentation');
  const driver = neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'));
  await wrapStep('step', () => driver.executeQuery('RETURN 1'))();
  await driver.close();
})();`;
    const { spans } = await spansOf(receiver, source, { extension: 'cjs', environment: { NEO4J_URL: graph.url } });
    expect(spans.map(({ name }) => name)).to.deep.equal(['RETURN']);
  });
});

describe('ioredis under tracing', () => {
  let receiver: OtlpReceiver;
  let cache: EmbeddedServer;

  before(async () => {
    receiver = await startOtlpReceiver();
    cache = await startEmbeddedRedis();
  });
  after(async () => {
    await cache?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  const run = (body: string) =>
    spansOf(
      receiver,
      `
import Redis from 'ioredis';
import { wrapStep } from '@tracecourt/instrumentation';
await wrapStep('step', async () => {
  const redis = new Redis(process.env.REDIS_URL);
  ${body}
  redis.disconnect();
})();
`,
      { environment: { REDIS_URL: cache.url } },
    );

  it('gives one span for a command that waited for the connection, and none for the handshake', async () => {
    const { spans } = await run(`await redis.set('ctx:42', 'value', 'EX', 60);`);
    expect(spans.map(({ name }) => name)).to.deep.equal(['SET']);
    expect(spans[0]?.kind).to.equal(3);
    expect(spans[0]?.attributes).to.include({
      'db.system.name': 'redis',
      'db.operation.name': 'SET',
      'db.query.text': 'SET ctx:42 ? ? ?',
      'server.address': '127.0.0.1',
      'server.port': cache.port,
    });
  });

  it('names commands in pipelines and transactions as it names them alone', async () => {
    const { spans } = await run(
      `await redis.multi().set('a', 1).get('a').exec(); await redis.pipeline().get('a').exec();`,
    );
    expect(spans.map(({ name }) => name)).to.include.members(['MULTI', 'SET', 'GET', 'EXEC']);
    for (const span of spans) expect(span.attributes['db.operation.name']).to.equal(span.name);
  });

  it('records a refused command on its span, and hands its error on', async () => {
    const { spans, stdout } = await run(
      `await redis.set('a', 'x'); await redis.incr('a').catch((error) => console.log(error.message));`,
    );
    expect(stdout).to.contain('ERR');
    expect(spans.find(({ name }) => name === 'INCR')?.statusCode).to.equal(2);
  });
});

describe('kafkajs under tracing', () => {
  let receiver: OtlpReceiver;
  let broker: EmbeddedServer;
  let spans: readonly ReceivedSpan[];
  let stdout: string;

  before(async () => {
    receiver = await startOtlpReceiver();
    broker = await startEmbeddedKafka();
    const program = `
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { currentTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
const kafka = new Kafka({ brokers: [process.env.BROKERS], logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] });
await admin.disconnect();
const consumer = kafka.consumer({ groupId: 'billing' });
await consumer.connect();
await consumer.subscribe({ topic: 'orders', fromBeginning: true });
let left = 3;
const done = new Promise((resolve) => consumer.run({ eachMessage: async ({ message }) => { left -= 1; if (left === 0) resolve(); } }));
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
const message = { key: 'k-1', value: 'v', headers: { 'correlation-id': 'c-1' } };
const step = wrapStep('step', () => producer.send({ topic: 'orders', messages: [message, message, { value: 'other' }] }));
const [sent] = await withRequestId('r-1', step);
console.log(JSON.stringify({ sent: sent.baseOffset, headers: Object.keys(message.headers) }));
await done;
await Promise.all([consumer.disconnect(), producer.disconnect()]);
await currentTracing().flush();
`;
    ({ spans, stdout } = await spansOf(receiver, program, {
      environment: { BROKERS: broker.url.replace('kafka://', '') },
    }));
    await receiver.until((all) => all.filter(({ kind }) => kind === 5).length === 3);
    spans = receiver.spans;
  });
  after(async () => {
    await broker?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  const ofKind = (kind: number) => spans.filter((span) => span.kind === kind);

  it('gives a PRODUCER span for each message, with its place once the broker has answered', () => {
    expect(ofKind(4).map(({ name }) => name)).to.deep.equal(['send orders', 'send orders', 'send orders']);
    expect(ofKind(4).map(({ attributes }) => attributes['messaging.kafka.offset'])).to.have.members(['0', '1', '2']);
    expect(ofKind(4)[0]?.attributes).to.include({
      'messaging.system': 'kafka',
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '0',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.kafka.message.key': 'k-1',
      'messaging.message.conversation_id': 'c-1',
      'tracecourt.sent': 1,
    });
  });

  it('makes each message a hand-off of its own, also the same message object twice', () => {
    const receipts = ofKind(5).map(({ traceState }) => traceState);
    expect(receipts).to.have.members(ofKind(4).map(({ spanId }) => `tracecourt=${spanId}.1`));
    expect(ofKind(5).map(({ parentSpanId }) => parentSpanId)).to.have.members(ofKind(4).map(({ spanId }) => spanId));
  });

  it('gives a CONSUMER span for each message, of the same request', () => {
    expect(ofKind(5).map(({ name }) => name)).to.deep.equal(['process orders', 'process orders', 'process orders']);
    expect(ofKind(5)[0]?.attributes).to.include({
      'tracecourt.request.id': 'r-1',
      'messaging.operation.type': 'process',
    });
  });

  it('links the spans of a batch to the hand-offs that it received', async () => {
    const { spans: batch } = await spansOf(
      receiver,
      `
import { Kafka, logLevel } from 'kafkajs';
import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
const kafka = new Kafka({ brokers: [process.env.BROKERS], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: 'batches' });
await consumer.connect();
await consumer.subscribe({ topic: 'orders', fromBeginning: true });
await new Promise((resolve) => consumer.run({ eachBatch: wrapStep('step', async () => setImmediate(resolve)) }));
await consumer.disconnect();
await currentTracing().flush();
`,
      { environment: { BROKERS: broker.url.replace('kafka://', '') } },
    );
    const processed = batch.filter(({ name }) => name === 'process orders');
    expect(batch.filter(({ name, kind }) => name === 'poll orders' && kind === 3)).to.have.length(1);
    expect(processed.flatMap(({ links }) => links.map(({ traceState }) => traceState))).to.have.members(
      ofKind(4).map(({ spanId }) => `tracecourt=${spanId}.1`),
    );
    expect(processed[0]?.attributes).to.include({ 'messaging.consumer.group.name': 'batches' });
  });

  it('leaves the messages of the service, and the answer of the broker, as they are', () => {
    expect(JSON.parse(stdout)).to.deep.equal({ sent: '0', headers: ['correlation-id'] });
  });
});
