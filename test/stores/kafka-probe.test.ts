import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import kafkajs, { type Kafka, type Message, type Transaction } from 'kafkajs';
import { EMBEDDED_PRODUCT, type EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { LogMessage, StoreObservation } from '../../src/model/index.js';
import { createKafkaProbe, type KafkaProbe, type KafkaProbeOptions } from '../../src/stores/kafka-probe.js';

describe('the Kafka probe', () => {
  let server: EmbeddedServer;
  let kafka: Kafka;
  const disposals: (() => PromiseLike<unknown>)[] = [];

  beforeEach(async () => {
    server = await startEmbeddedKafka();
    disposals.push(() => server[Symbol.asyncDispose]());
    kafka = new kafkajs.Kafka({ brokers: [server.url], logLevel: kafkajs.logLevel.NOTHING });
  });

  afterEach(async () => {
    for (const dispose of disposals.splice(0).reverse()) await dispose();
  });

  function newProbe(options: Partial<KafkaProbeOptions> = {}): KafkaProbe {
    const probe = createKafkaProbe({ brokers: [server.url], ...options });
    disposals.push(() => probe[Symbol.asyncDispose]());
    return probe;
  }

  async function newTopic(topic: string, numPartitions = 1): Promise<string> {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions }] });
    await admin.disconnect();
    return topic;
  }

  async function publish(topic: string, ...messages: Message[]): Promise<void> {
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  async function newTransaction(): Promise<Transaction> {
    const producer = kafka.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    disposals.push(() => producer.disconnect());
    await producer.connect();
    return producer.transaction();
  }

  const ask = (topic: string, key: string, consumedBy: readonly string[] = []) =>
    ({ effect: 'event-publish', query: { store: 'kafka', topic, key, consumedBy } }) as const;

  function recordsOf(observation: StoreObservation): readonly LogMessage[] {
    expect(
      observation,
      JSON.stringify(observation, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    ).to.include({
      status: 'read',
    });
    return observation.status === 'read' ? (observation.records as readonly LogMessage[]) : [];
  }

  function reasonOf(observation: StoreObservation): string {
    expect(observation.status).to.equal('unreachable');
    return observation.status === 'unreachable' ? observation.reason : '';
  }

  it('sees a message that was published after it began to watch, with content and place', async () => {
    const topic = await newTopic('decisions', 3);
    const probe = newProbe();
    await probe.watch([topic]);
    await publish(topic, {
      key: 'd-1',
      value: '{"approved":true}',
      headers: { kind: 'approval', traceparent: '00-aa-bb-01', tracestate: 'x=1', baggage: 'y=2' },
    });
    const [record, ...others] = recordsOf(await probe.observe(ask(topic, 'd-1')));
    expect(others).to.have.length(0);
    expect(record).to.deep.include({
      store: 'kafka',
      topic,
      offset: '0',
      key: 'd-1',
      value: '{"approved":true}',
      headers: { kind: 'approval' },
      groups: [],
    });
  });

  it('sees each of several messages of one key, in their order, and none of another key', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: '1' }, { key: 'b', value: '2' }, { key: 'a', value: '3' });
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ value, offset }) => [value, offset])).to.deep.equal([
      ['1', '0'],
      ['3', '2'],
    ]);
    expect(recordsOf(await probe.observe(ask(topic, 'nobody')))).to.deep.equal([]);
  });

  it('tells a tombstone from an empty value', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: '' }, { key: 'a', value: null });
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['', null]);
  });

  it('sees what a transaction wrote only when it was committed, also where aborted ones overlap', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    const [first, second, third] = [await newTransaction(), await newTransaction(), await newTransaction()];
    const write = (transaction: Transaction, value: string) =>
      transaction.send({ topic, messages: [{ key: 'a', value }] });
    await write(first, 'aborted last');
    await write(second, 'aborted first');
    await write(third, 'committed');
    await write(first, 'aborted last too');
    expect(recordsOf(await probe.observe(ask(topic, 'a'))), 'while all are open').to.deep.equal([]);
    await second.abort();
    await third.commit();
    await first.abort();
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['committed']);
  });

  it('does not see what was there before it began to watch', async () => {
    const topic = await newTopic('decisions');
    await publish(topic, { key: 'a', value: 'old' });
    const probe = newProbe({ topics: [topic] });
    await probe.watch();
    await publish(topic, { key: 'a', value: 'new' });
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['new']);
  });

  it('reads a topic that nobody named from its beginning', async () => {
    const topic = await newTopic('decisions');
    await publish(topic, { key: 'a', value: 'unannounced' });
    const records = recordsOf(await newProbe().observe(ask(topic, 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['unannounced']);
  });

  it('finds nothing on a topic that does not exist, says so, and picks it up when it comes', async () => {
    const probe = newProbe();
    await probe.watch(['later']);
    const before = await probe.observe(ask('later', 'a'));
    expect(recordsOf(before)).to.deep.equal([]);
    expect(before.status === 'read' && before.missing).to.include({ kind: 'no-topic', address: server.url });
    expect(before.status === 'read' && before.missing?.saw).to.equal('has no topic "later"');
    await newTopic('later');
    await publish('later', { key: 'a', value: 'here' });
    const after = await probe.observe(ask('later', 'a'));
    expect(recordsOf(after)).to.have.length(1);
    expect(after).not.to.have.property('missing');
  });

  it('keeps what it read of one topic when it takes up another', async () => {
    await newTopic('first');
    const probe = newProbe();
    await probe.watch(['first']);
    await publish('first', { key: 'a', value: '1' });
    expect(recordsOf(await probe.observe(ask('first', 'a')))).to.have.length(1);
    await newTopic('second');
    await publish('second', { key: 'a', value: '2' });
    expect(recordsOf(await probe.observe(ask('second', 'a')))).to.have.length(1);
    await publish('first', { key: 'a', value: '3' });
    const records = recordsOf(await probe.observe(ask('first', 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['1', '3']);
  });

  it('begins anew with a topic that was deleted and made again', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: 'old 1' }, { key: 'a', value: 'old 2' });
    expect(recordsOf(await probe.observe(ask(topic, 'a')))).to.have.length(2);
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    expect(recordsOf(await probe.observe(ask(topic, 'a')))).to.have.length(0);
    await newTopic(topic);
    await publish(topic, { key: 'a', value: 'new' });
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ value }) => value)).to.deep.equal(['new']);
  });

  it('sees messages on partitions that were added while it watched', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await admin.disconnect();
    await publish(topic, { key: 'a', value: 'on the new one', partition: 1 });
    const records = recordsOf(await probe.observe(ask(topic, 'a')));
    expect(records.map(({ partition }) => partition)).to.deep.equal([1]);
  });

  it('keeps answering at once while messages go on coming', async () => {
    const topic = await newTopic('decisions', 2);
    const probe = newProbe();
    await probe.watch([topic]);
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    disposals.push(() => producer.disconnect());
    for (let i = 0; i < 50; i++) {
      await producer.send({ topic, messages: [{ key: `k-${i}`, value: `${i}` }] });
      expect(recordsOf(await probe.observe(ask(topic, `k-${i}`))).map(({ value }) => value)).to.deep.equal([`${i}`]);
    }
  });

  it('finds the message of each of many who ask while others go on publishing', async () => {
    const topic = await newTopic('decisions', 2);
    const quiet = await newTopic('quiet');
    const probe = newProbe();
    await probe.watch([topic, quiet]);
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    disposals.push(() => producer.disconnect());
    const send = (key: string) => producer.send({ topic, messages: [{ key, value: key }] });
    const publishAndAsk = async (key: string) => {
      await send(key);
      const questions = [ask(topic, key, ['nobody']), ask(quiet, key)];
      return (await Promise.all(questions.map((question) => probe.observe(question)))).flatMap((observation) =>
        recordsOf(observation).map(({ value }) => value),
      );
    };
    const others = Array.from({ length: 8 }, async (_, publisher) => {
      for (let i = 0; i < 100; i++) await send(`other-${publisher}-${i}`);
    });
    const keys = Array.from({ length: 60 }, (_, i) => `mine-${i}`);
    for (const key of keys) expect(await publishAndAsk(key)).to.deep.equal([key]);
    await Promise.all(others);
  });

  it('tells where each group stands that must consume the message', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe();
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: '1' });
    const consumer = kafka.consumer({ groupId: 'notifier', maxWaitTimeInMs: 50 });
    disposals.push(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommitThreshold: 1, eachMessage: async () => undefined });
    const observed = await pollUntil(
      async () => {
        const [record] = recordsOf(await probe.observe(ask(topic, 'a', ['notifier', 'nobody'])));
        return record?.groups[0]?.committedOffset === undefined ? undefined : record;
      },
      { timeoutMs: 10_000, everyMs: 20 },
    );
    expect(observed?.groups).to.deep.equal([
      { group: 'notifier', committedOffset: '1' },
      { group: 'nobody', committedOffset: undefined },
    ]);
  });

  it('commits nothing, and leaves no group behind', async () => {
    const topic = await newTopic('decisions');
    const probe = createKafkaProbe({ brokers: [server.url] });
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: '1' });
    await probe.observe(ask(topic, 'a'));
    const admin = kafka.admin();
    await admin.connect();
    disposals.push(() => admin.disconnect());
    const { groups } = await admin.listGroups();
    expect(groups.map(({ groupId }) => groupId.replace(/-[0-9a-f-]{36}$/, ''))).to.deep.equal(['tracecourt-probe']);
    const committed = await admin.fetchOffsets({ groupId: groups[0]!.groupId, topics: [topic] });
    expect(committed[0]?.partitions.map(({ offset }) => offset)).to.deep.equal(['-1']);
    await probe[Symbol.asyncDispose]();
    expect((await admin.listGroups()).groups).to.deep.equal([]);
  });

  it('says so when it had to forget messages of the key', async () => {
    const topic = await newTopic('decisions');
    const probe = newProbe({ limits: { maxMessages: 2, maxBytes: 1_000_000 } });
    await probe.watch([topic]);
    await publish(topic, { key: 'a', value: '1' }, { key: 'b', value: '2' }, { key: 'c', value: '3' });
    expect(reasonOf(await probe.observe(ask(topic, 'a')))).to.contain('forgotten');
    expect(recordsOf(await probe.observe(ask(topic, 'c')))).to.have.length(1);
  });

  it('knows our own broker', async () => {
    expect(await newProbe().identify()).to.deep.equal({
      status: 'identified',
      server: { store: 'kafka', address: server.url, product: 'embedded', version: 'unknown' },
    });
    expect(EMBEDDED_PRODUCT).to.equal('tracecourt-embedded');
  });

  describe('when nobody answers', () => {
    it('answers again when the broker has come back', async () => {
      const topic = await newTopic('decisions');
      const probe = newProbe();
      await probe.watch([topic]);
      await publish(topic, { key: 'a', value: '1' });
      expect(recordsOf(await probe.observe(ask(topic, 'a')))).to.have.length(1);
      await server[Symbol.asyncDispose]();
      expect(reasonOf(await probe.observe(ask(topic, 'a')))).to.contain('nothing listens there');
      server = await startEmbeddedKafka({ port: server.port });
      disposals.push(() => server[Symbol.asyncDispose]());
      await newTopic(topic);
      await publish(topic, { key: 'a', value: '2' });
      const records = await pollUntil(
        async () => {
          const observation = await probe.observe(ask(topic, 'a'));
          return observation.status === 'read' ? observation.records : undefined;
        },
        { timeoutMs: 15_000, everyMs: 50 },
      );
      expect(records?.map((record) => record.store === 'kafka' && record.value)).to.deep.equal(['2']);
    });
  });
});
