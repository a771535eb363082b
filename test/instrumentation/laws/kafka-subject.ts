import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { KafkaInstrumentation } from '@tracecourt/instrumentation';
import type { Consumer, ConsumerRunConfig, Kafka, Message, Producer } from 'kafkajs';
import { startEmbeddedKafka } from '../../../src/embedded/kafka/index.js';
import { subject, type WrappedFunction } from './subject.js';
import type { Method } from './watched-calls.js';

const require = createRequire(import.meta.url);
const kafkajs = () => require('kafkajs') as typeof import('kafkajs');

interface Broker extends AsyncDisposable {
  readonly kafka: Kafka;
}

const TOPIC = 'laws';
/** One message, and never another. */
const READ = 'laws-read';
const COPIED = { changes: [0] };

const PRODUCER: readonly WrappedFunction[] = [
  { label: 'send', method: 'send', rule: COPIED },
  { label: 'sendBatch', method: 'sendBatch', rule: COPIED },
  { label: 'transaction', method: 'transaction' },
  { label: 'producer.disconnect', method: 'disconnect' },
];

const RUN: WrappedFunction = {
  label: 'run',
  method: 'run',
  rule: COPIED,
  handlers: {
    label: 'a handler',
    // Of a batch, what resolves an offset is followed.
    rule: { changes: [0] },
    map: ([config, ...rest], change) => {
      const { eachMessage, eachBatch } = config as Record<string, Method | undefined>;
      const handlers = {
        ...(eachMessage && { eachMessage: change(eachMessage) }),
        ...(eachBatch && { eachBatch: change(eachBatch) }),
      };
      return [{ ...(config as object), ...handlers }, ...rest];
    },
  },
};

const producing =
  (work: (producer: Producer) => unknown) =>
  async ({ kafka }: Broker) => {
    const { Partitioners } = kafkajs();
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    try {
      return await work(producer);
    } finally {
      await producer.disconnect();
    }
  };

/** Runs a consumer of a group of its own until it has handled something well. */
async function consuming({ kafka }: Broker, runWith: (done: () => void) => ConsumerRunConfig): Promise<void> {
  const consumer: Consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topic: READ, fromBeginning: true });
  await new Promise<void>((resolve) => void consumer.run(runWith(resolve)));
  await consumer.disconnect();
}

function once(fail: () => never): () => void {
  let isFirst = true;
  return () => {
    if (!isFirst) return;
    isFirst = false;
    fail();
  };
}

const refuse = (): never => {
  throw new Error('not yet');
};

export const kafkaSubject = subject<Broker>({
  name: 'kafkajs',
  isOurs: true,
  instrument() {
    const instrumentation = new KafkaInstrumentation();
    kafkajs();
    return instrumentation;
  },
  wrapped: () => [
    {
      owner: kafkajs().Kafka.prototype,
      functions: [
        { label: 'producer', method: 'producer', made: PRODUCER },
        { label: 'consumer', method: 'consumer', made: [RUN] },
      ],
    },
  ],
  async start() {
    const server = await startEmbeddedKafka();
    const { Kafka: KafkaClass, Partitioners, logLevel } = kafkajs();
    const brokers = [server.url.replace('kafka://', '')];
    const kafka = new KafkaClass({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20, retries: 3 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [TOPIC, READ].map((topic) => ({ topic, numPartitions: 1 })) });
    await admin.disconnect();
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: READ, messages: [{ value: 'first' }] });
    await producer.disconnect();
    return { kafka, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  },
  calls: {
    'a message': producing(async (producer) => {
      const [answer] = await producer.send({ topic: TOPIC, messages: [{ value: 'v' }] });
      return { ...answer, baseOffset: typeof answer?.baseOffset, logStartOffset: '' };
    }),
    'a batch': producing(async (producer) => {
      const answers = await producer.sendBatch({
        topicMessages: [{ topic: TOPIC, messages: [{ value: 'v' }, { value: 'w' }] }],
      });
      return answers.length;
    }),
    'messages that are none': producing((producer) =>
      producer.send({ topic: TOPIC, messages: 'none' as unknown as Message[] }),
    ),
    'a message without a value': producing((producer) =>
      producer.send({ topic: TOPIC, messages: [{ value: undefined } as unknown as Message] }),
    ),
    'a partitioner that fails': ({ kafka }) => {
      const producer = kafka.producer({ createPartitioner: () => () => refuseSoftly() });
      return producer
        .connect()
        .then(() => producer.send({ topic: TOPIC, messages: [{ value: 'v' }] }))
        .finally(() => producer.disconnect());
    },
    'a transaction of a producer without': producing((producer) => producer.transaction()),
    'single messages': (broker) => consuming(broker, (done) => ({ eachMessage: async () => void setImmediate(done) })),
    'a handler that fails once': (broker) => {
      const failing = once(refuse);
      return consuming(broker, (done) => ({
        async eachMessage() {
          await Promise.resolve();
          failing();
          setImmediate(done);
        },
      }));
    },
    'a handler that throws at once, once': (broker) => {
      const failing = once(refuse);
      return consuming(broker, (done) => ({
        eachMessage() {
          failing();
          setImmediate(done);
          return Promise.resolve();
        },
      }));
    },
    batches: (broker) =>
      consuming(broker, (done) => ({
        async eachBatch({ batch, resolveOffset }) {
          for (const { offset } of batch.messages) resolveOffset(offset);
          setImmediate(done);
        },
      })),
    'a batch that fails once': (broker) => {
      const failing = once(refuse);
      return consuming(broker, (done) => ({
        async eachBatch() {
          failing();
          setImmediate(done);
        },
      }));
    },
  },
});

function refuseSoftly(): never {
  throw Object.assign(new Error('no partition'), { retriable: false });
}
