import { expect } from 'chai';
import kafkajs, { type Kafka } from 'kafkajs';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { isAnother, KafkaMessageIndex } from '../../src/stores/kafka-message-index.js';
import { KafkaTail } from '../../src/stores/kafka-tail.js';

describe('The tail of Kafka', () => {
  let server: EmbeddedServer;
  let kafka: Kafka;
  let consumers: number;

  beforeEach(async () => {
    server = await startEmbeddedKafka();
    kafka = new kafkajs.Kafka({ brokers: [server.url], logLevel: kafkajs.logLevel.NOTHING });
    const makeConsumer = kafka.consumer.bind(kafka);
    consumers = 0;
    kafka.consumer = (config) => {
      consumers++;
      return makeConsumer(config);
    };
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'decisions', numPartitions: 2 }, { topic: 'notices' }] });
    await admin.disconnect();
  });

  afterEach(() => server[Symbol.asyncDispose]());

  const starts = (...topics: string[]) => new Map(topics.map((topic) => [topic, new Map([[0, 0n]])]));

  it('joins once for many who want the same topic at once', async () => {
    const index = new KafkaMessageIndex({ maxMessages: 10, maxBytes: 1000 });
    const tail = new KafkaTail({ kafka, index, groupId: 'tail' });
    await Promise.all(Array.from({ length: 20 }, () => tail.follow(starts('decisions'))));
    expect(consumers).to.equal(1);
    await tail.follow(starts('decisions'));
    expect(consumers).to.equal(1);
    await tail.stop();
  });

  it('joins anew for a topic that it does not read yet', async () => {
    const index = new KafkaMessageIndex({ maxMessages: 10, maxBytes: 1000 });
    const tail = new KafkaTail({ kafka, index, groupId: 'tail' });
    await tail.follow(starts('decisions'));
    await tail.follow(starts('notices'));
    expect(consumers).to.equal(2);
    expect(['decisions', 'notices'].map((topic) => tail.isFollowing(topic))).to.deep.equal([true, true]);
    await tail.stop();
  });
});

describe('A topic under the name of one that was read', () => {
  const read = new Map([
    [0, 7n],
    [1, 0n],
  ]);

  it('is another one when it ends before what was read', () => {
    expect(isAnother(read, new Map([[0, 6n]]))).to.equal(true);
  });

  it('is the same one when it goes on where reading stood, also on partitions that are new', () => {
    expect(
      isAnother(
        read,
        new Map([
          [0, 7n],
          [1, 3n],
          [2, 0n],
        ]),
      ),
    ).to.equal(false);
  });
});
