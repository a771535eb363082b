import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import type { AssembledRequest, Span } from '../../src/model/index.js';
import type { ChildProgram } from '../helpers/child-program.js';
import { skip } from '../helpers/skip.js';
import {
  type Outcome,
  plain,
  runCases,
  startTracedPrograms,
  type TracedPrograms,
  told,
} from '../helpers/traced-cases.js';

interface Row {
  readonly body: string;
  /** What the sender's spans tell. */
  readonly sent: readonly string[];
  /** What the consumer's spans tell. */
  readonly received: readonly string[];
  readonly outcome?: unknown;
  /** Proven complete, unless the sender cannot know whether anything left. */
  readonly completedBy?: 'root-quiet';
  /** What the embedded broker refuses. */
  readonly needs?: 'transactions';
}

/** The order in which they are fetched is the broker's. */
const TWO_TOPICS = 'a batch for two topics';

const HANDLED = ['process orders', 'handle'];

const ROWS: Readonly<Record<string, Row>> = {
  'one message': {
    body: `const [{ baseOffset }] = await producer.send({ topic: orders, messages: [{ key: 'k-1', value: 'v' }] }); return typeof baseOffset;`,
    sent: ['send orders'],
    received: HANDLED,
    outcome: 'string',
  },
  'the same message object twice, frozen': {
    body: `
      const message = Object.freeze({ value: 'v', headers: Object.freeze({ own: 'header' }) });
      await producer.send(Object.freeze({ topic: orders, messages: Object.freeze([message, message]) }));
      return Object.keys(message.headers);`,
    sent: ['send orders', 'send orders'],
    received: [...HANDLED, ...HANDLED],
    outcome: ['own'],
  },
  'a message of a class with getters': {
    body: `
      class Order { #value = 'v'; get value() { return 'v'; } get key() { return 'k'; } }
      await producer.send({ topic: orders, messages: [new Order()] });`,
    sent: ['send orders'],
    received: HANDLED,
    outcome: null,
  },
  [TWO_TOPICS]: {
    body: `
      const { length } = await producer.sendBatch({ topicMessages: [{ topic: orders, messages: [{ value: 'v' }] }, { topic: audits, messages: [{ value: 'w' }] }] });
      return length;`,
    sent: ['send orders', 'send audits'],
    received: ['process audits', 'handle', ...HANDLED],
    outcome: 2,
  },
  'a message that nobody acknowledges': {
    body: `await producer.send({ topic: orders, messages: [{ value: 'v' }], acks: 0 });`,
    sent: ['send orders'],
    received: HANDLED,
    outcome: null,
  },
  'a message whose handler fails once': {
    body: `await producer.send({ topic: orders, messages: [{ value: 'fail once' }] });`,
    sent: ['send orders'],
    received: ['process orders: Error', 'handle: Error', ...HANDLED],
    outcome: null,
  },
  'a message whose handler throws at once, once': {
    body: `await producer.send({ topic: orders, messages: [{ value: 'throw once' }] });`,
    sent: ['send orders'],
    received: ['process orders: Error', ...HANDLED],
    outcome: null,
  },
  'a message without a value': {
    body: `await producer.send({ topic: orders, messages: [{ value: undefined }] });`,
    sent: [],
    received: [],
  },
  'messages that are none': {
    body: `await producer.send({ topic: orders, messages: 'none' });`,
    sent: [],
    received: [],
  },
  'no messages': {
    body: `return producer.send({ topic: orders, messages: [] });`,
    sent: [],
    received: [],
    outcome: [],
  },
  'no topic': { body: `await producer.send({ messages: [{ value: 'v' }] });`, sent: [], received: [] },
  'a producer that is not connected': {
    body: `await kafka.producer().send({ topic: orders, messages: [{ value: 'v' }] });`,
    sent: ['send orders: KafkaJSError'],
    received: [],
    completedBy: 'root-quiet',
  },
  'a transaction': {
    body: `
      const transaction = await transactional.transaction();
      const message = { value: 'v' };
      await transaction.send({ topic: orders, messages: [message] });
      await transaction.sendBatch({ topicMessages: [{ topic: orders, messages: [message] }] });
      await transaction.commit();
      return [Object.keys(message), transaction.isActive()];`,
    sent: ['send orders', 'send orders'],
    received: [...HANDLED, ...HANDLED],
    outcome: [['value'], false],
    needs: 'transactions',
  },
  'a transaction that is aborted': {
    body: `
      const transaction = await transactional.transaction();
      await transaction.send({ topic: orders, messages: [{ value: 'v' }] });
      await transaction.abort();`,
    sent: ['send orders: ABORTED'],
    received: [],
    outcome: null,
    needs: 'transactions',
  },
  'a transaction that is aborted and tried again': {
    body: `
      for (const attempt of [1, 2]) {
        const transaction = await transactional.transaction();
        await transaction.send({ topic: orders, messages: [{ value: 'v' }] });
        if (attempt === 1) await transaction.abort(); else await transaction.commit();
      }`,
    sent: ['send orders: ABORTED', 'send orders'],
    received: HANDLED,
    outcome: null,
    needs: 'transactions',
  },
  'a transaction that is used after its end': {
    body: `const transaction = await transactional.transaction(); await transaction.abort(); await transaction.send({ topic: orders, messages: [{ value: 'v' }] });`,
    sent: ['send orders: KafkaJSNonRetriableError'],
    received: [],
    completedBy: 'root-quiet',
    needs: 'transactions',
  },
  // Until the broker gives it up, readers of its topic wait.
  'a transaction that is left open': {
    body: `
      const transaction = await transactional.transaction();
      await transaction.send({ topic: audits, messages: [{ value: 'v' }] });
      await transactional.disconnect();`,
    sent: ['send audits: OPEN'],
    received: [],
    completedBy: 'root-quiet',
    outcome: null,
    needs: 'transactions',
  },
  'a producer without transactions': { body: `await producer.transaction();`, sent: [], received: [] },
};

const KAFKA = `
import kafkajs from 'kafkajs';
const { Kafka, logLevel, Partitioners } = kafkajs;
const run = process.env.TEST_RUN;
const [orders, audits, batches] = ['orders', 'audits', 'batches'].map((name) => name + run);
const kafka = new Kafka({
  brokers: process.env.TEST_BROKERS.split(','),
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, retries: 10 },
});
`;

/** Handles single messages at once, and batches when it is told to. It lives until its standard input ends. */
const CONSUMER = `
${KAFKA}
import { createInterface } from 'node:readline';
import { wrapStep } from '@tracecourt/instrumentation';
const failed = new Set();
const isFirst = (text) => failed.size !== failed.add(text).size;
const handle = wrapStep('handle', async (text) => { if (text === 'fail once' && isFirst(text)) throw new Error('not yet'); });
const single = kafka.consumer({ groupId: 'billing' + run, sessionTimeout: 30_000 });
await single.connect();
await single.subscribe({ topics: [orders, audits], fromBeginning: true });
await single.run(Object.freeze({
  eachMessage(payload) {
    const text = String(payload.message.value);
    if (text === 'throw once' && isFirst(text)) throw new Error('not yet');
    return handle(text);
  },
}));
console.log('ready');

const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
const many = kafka.consumer({ groupId: 'bulk' + run, sessionTimeout: 30_000 });
await many.connect();
await many.subscribe({ topic: batches, fromBeginning: true });
const handleBatch = wrapStep('handle batch', async ({ batch, resolveOffset }) => {
  const [first, ...rest] = batch.messages;
  resolveOffset(first.offset);
  if (isFirst('batch')) throw new Error('not yet');
  await producer.send({ topic: orders, messages: [{ value: 'from a batch' }] });
});
const lines = createInterface(process.stdin);
lines.once('line', () => void many.run({ eachBatch: handleBatch }));
lines.on('close', async () => {
  await Promise.all([single.disconnect(), many.disconnect(), producer.disconnect()]);
  process.exit();
});
`;

interface Broker extends AsyncDisposable {
  readonly brokers: string;
}

const forAll = Object.fromEntries(Object.entries(ROWS).filter(([, { needs }]) => !needs));

kafkaUnderTracing('embedded', forAll, async () => {
  const server = await startEmbeddedKafka();
  const brokers = server.url.replace('kafka://', '');
  return { brokers, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});
const { KAFKA_BROKERS } = process.env;
if (KAFKA_BROKERS) {
  kafkaUnderTracing('real', ROWS, async () => ({
    brokers: KAFKA_BROKERS,
    [Symbol.asyncDispose]: async () => undefined,
  }));
} else {
  describe('kafkajs under tracing, real', () => {
    it('tells of every row', function () {
      skip(this, 'set KAFKA_BROKERS=HOST:PORT, or run npm run test:real');
    });
  });
}

function kafkaUnderTracing(name: string, rows: Readonly<Record<string, Row>>, start: () => Promise<Broker>): void {
  describe(`kafkajs under tracing, ${name}`, () => {
    const run = `-${randomUUID().slice(0, 8)}`;
    let programs: TracedPrograms;
    let broker: Broker;
    let consumer: ChildProgram;
    let outcomes: Readonly<Record<string, Outcome>>;

    const setup = `
${KAFKA}
const admin = kafka.admin();
await admin.connect();
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
const transactional = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, transactionalId: 'tx' + run, maxInFlightRequests: 1, idempotent: true });
await producer.connect();
${name === 'real' ? 'await transactional.connect();' : ''}
`;

    before(async () => {
      programs = await startTracedPrograms({ rootQuietMs: 4_000 });
      broker = await start();
      const environment = { TEST_BROKERS: broker.brokers, TEST_RUN: run };
      await createTopics(broker.brokers, run);
      consumer = await programs.start({ service: 'consumer', source: CONSUMER, environment });
      expect(await consumer.line()).to.equal('ready');
      const cases = {
        setup,
        cases: {
          ...Object.fromEntries(Object.entries(rows).map(([id, { body }]) => [id, body])),
          ...Object.fromEntries(
            ['r-1', 'r-2', 'r-3'].map((id) => [
              id,
              `await producer.send({ topic: batches, messages: [{ value: '${id}' }] });`,
            ]),
          ),
          attributes: `await producer.send({ topic: orders, messages: [{ key: 'k-1', value: 'v', headers: { 'correlation-id': 'c-1' } }] });`,
        },
        teardown: 'await Promise.all([admin.disconnect(), producer.disconnect(), transactional.disconnect()]);',
      };
      outcomes = await runCases(programs, { service: 'producer', cases, environment });
      consumer.process.stdin.write('now the batches\n');
    });
    after(async () => {
      consumer?.process.stdin.end();
      await consumer?.end();
      await programs?.[Symbol.asyncDispose]();
      await broker?.[Symbol.asyncDispose]();
    });

    /** Topics carry the run in their name. */
    const spansOf = (request: AssembledRequest, service: string) =>
      told(request, service).map((text) => text.replace(run, ''));

    for (const [id, row] of Object.entries(rows)) {
      it(`tells of ${id}`, async () => {
        const request = await programs.request(id);
        expect(spansOf(request, 'producer')).to.deep.equal(row.sent);
        if (id === TWO_TOPICS) expect(spansOf(request, 'consumer')).to.have.members(row.received);
        else expect(spansOf(request, 'consumer')).to.deep.equal(row.received);
        expect(request.completedBy).to.equal(row.completedBy ?? 'accounted');
        if ('outcome' in row) expect(outcomes[id]).to.deep.equal({ returned: row.outcome });
        else expect(outcomes[id]).to.have.property('thrown');
      });
    }

    it('gives a batch to each of the requests that it serves, with each attempt and what was sent on', async () => {
      const failed = [
        'poll batches: Error',
        'process batches',
        'process batches: Error',
        'process batches: Error',
        'handle batch: Error',
      ];
      const again = ['poll batches', 'process batches', 'process batches', 'handle batch', 'send orders', ...HANDLED];
      // The first message was done before the handler failed, and is not delivered again.
      const expected = { 'r-1': failed, 'r-2': [...failed, ...again], 'r-3': [...failed, ...again] };
      for (const [id, received] of Object.entries(expected)) {
        const request = await programs.request(id);
        expect(request.completedBy).to.equal('accounted');
        expect(spansOf(request, 'producer')).to.deep.equal(['send batches']);
        expect(spansOf(request, 'consumer')).to.deep.equal(received);
        expect(request.traceIds).to.have.length(id === 'r-1' ? 2 : 3);
      }
    });

    it('says which message it was, of which request', async () => {
      const { spans } = await programs.request('attributes');
      const [sent, processed] = ['producer', 'consumer'].map((kind) => spans.find((span) => span.kind === kind)) as [
        Span,
        Span,
      ];
      const both = {
        'messaging.system': 'kafka',
        'messaging.destination.name': `orders${run}`,
        'messaging.destination.partition.id': '0',
        'messaging.kafka.message.key': 'k-1',
        'messaging.message.conversation_id': 'c-1',
        'tracecourt.request.id': 'attributes',
      };
      expect(plain(sent.attributes)).to.include({ ...both, 'messaging.operation.type': 'send', 'tracecourt.sent': 1 });
      expect(plain(processed.attributes)).to.include({
        ...both,
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': `billing${run}`,
      });
      expect(plain(sent.attributes)['messaging.kafka.offset']).to.equal(
        plain(processed.attributes)['messaging.kafka.offset'],
      );
      expect(processed.traceState).to.equal(`tracecourt=${sent.spanId}.1`);
    });
  });
}

async function createTopics(brokers: string, run: string): Promise<void> {
  const { default: kafkajs } = await import('kafkajs');
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = ['orders', 'audits', 'batches'].map((topic) => ({ topic: topic + run, numPartitions: 1 }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}
