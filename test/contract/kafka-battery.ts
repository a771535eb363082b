/** What a Kafka-protocol broker must do for an unmodified kafkajs, ours and the real one alike. Names are new in each run. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import kafkajs, {
  type Admin,
  type Consumer,
  type EachMessagePayload,
  type IHeaders,
  type Kafka,
  type Message,
} from 'kafkajs';
import { pollUntil } from '../../src/lib/deadline.js';
import { type BatteryTarget, battery } from './battery.js';

const { CompressionTypes, Partitioners, logLevel } = kafkajs;

export interface KafkaBatteryTarget {
  readonly server: BatteryTarget['server'];
  /** Asked for before each test, so that a broker MAY be started in a hook. */
  readonly brokers: () => readonly string[];
}

interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | undefined;
  readonly value: string | null;
  readonly headers: IHeaders | undefined;
}

export function kafkaBattery({ server, brokers }: KafkaBatteryTarget): void {
  battery({ store: 'Kafka', server }, function () {
    this.timeout(60_000);
    let kafka: Kafka;
    let admin: Admin;
    const disposals: (() => Promise<unknown>)[] = [];

    before(async () => {
      kafka = new kafkajs.Kafka({
        brokers: [...brokers()],
        clientId: 'kafka-battery',
        logLevel: logLevel.NOTHING,
        retry: { initialRetryTime: 50, retries: 8 },
      });
      admin = kafka.admin();
      await admin.connect();
    });

    afterEach(async () => {
      for (const dispose of disposals.splice(0).reverse()) await dispose();
    });

    after(() => admin?.disconnect());

    const unique = (what: string): string => `battery-${what}-${randomUUID()}`;

    async function newTopic(numPartitions = 1): Promise<string> {
      const topic = unique('topic');
      expect(await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false })).to.equal(true);
      disposals.push(() => admin.deleteTopics({ topics: [topic] }));
      await until('all partitions are led', () => isLed(topic, numPartitions));
      return topic;
    }

    /**
     * A broker tells of a new partition's leader a moment before it takes records for it. kafkajs does not wait for that, and a
     * plain producer that meets one such partition sends all it has again, to those that took it the first time too.
     */
    async function isLed(topic: string, numPartitions: number): Promise<boolean> {
      return (await isKnown(topic)) && (await offsetsSoFar(topic)).length === numPartitions;
    }

    /** kafkajs's own wait gives up when a broker has not heard of the topic yet. */
    async function isKnown(topic: string): Promise<boolean> {
      const { topics } = await admin.fetchTopicMetadata();
      const partitions = topics.find((one) => one.name === topic)?.partitions ?? [];
      return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
    }

    /** Empty while there is a partition that the broker does not lead yet. */
    async function offsetsSoFar(topic: string) {
      try {
        return await admin.fetchTopicOffsets(topic);
      } catch (error) {
        if ((error as { type?: string }).type === 'NOT_LEADER_FOR_PARTITION') return [];
        throw error;
      }
    }

    async function send(
      topic: string,
      messages: Message[],
      options: { compression?: number; idempotent?: boolean } = {},
    ) {
      const producer = kafka.producer({
        createPartitioner: Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        idempotent: options.idempotent ?? false,
      });
      await producer.connect();
      try {
        return await producer.send({
          topic,
          messages,
          acks: -1,
          ...(options.compression === undefined ? {} : { compression: options.compression }),
        });
      } finally {
        await producer.disconnect();
      }
    }

    function newConsumer(groupId: string): Consumer {
      const consumer = kafka.consumer({
        groupId,
        sessionTimeout: 6_000,
        heartbeatInterval: 100,
        rebalanceTimeout: 6_000,
        maxWaitTimeInMs: 100,
        allowAutoTopicCreation: false,
        retry: { initialRetryTime: 50, retries: 8 },
      });
      disposals.push(() => consumer.disconnect());
      return consumer;
    }

    async function consume(
      topic: string,
      options: {
        groupId?: string;
        fromBeginning?: boolean;
        each?: (payload: EachMessagePayload) => Promise<void>;
      } = {},
    ): Promise<{ consumer: Consumer; seen: Seen[]; assigned: () => readonly number[] }> {
      const consumer = newConsumer(options.groupId ?? unique('group'));
      const seen: Seen[] = [];
      let assigned: readonly number[] = [];
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        assigned = payload.memberAssignment[topic] ?? [];
      });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: options.fromBeginning ?? true });
      await consumer.run({
        autoCommitThreshold: 1,
        async eachMessage(payload) {
          await options.each?.(payload);
          const { message, partition } = payload;
          seen.push({
            topic: payload.topic,
            partition,
            offset: message.offset,
            key: message.key?.toString(),
            value: message.value?.toString() ?? null,
            headers: message.headers,
          });
        },
      });
      return { consumer, seen, assigned: () => assigned };
    }

    async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
      const held = await pollUntil(async () => ((await holds()) ? true : undefined), {
        timeoutMs: 30_000,
        everyMs: 10,
      });
      expect(held, what).to.equal(true);
    }

    async function failureOf(
      work: Promise<unknown>,
    ): Promise<{ type?: string; message: string; cause?: { type?: string } }> {
      try {
        await work;
      } catch (error) {
        return error as { type?: string; message: string };
      }
      throw new Error('expected a failure');
    }

    const values = (seen: readonly Seen[]): (string | null)[] => seen.map(({ value }) => value);

    describe('topics', () => {
      it('creates, lists, describes and deletes a topic', async () => {
        const topic = unique('topic');
        expect(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false })).to.equal(
          true,
        );
        await until('all partitions are led', () => isLed(topic, 3));
        expect(await admin.listTopics()).to.include(topic);
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        expect(topics[0]?.partitions.map(({ partitionId }) => partitionId).sort()).to.deep.equal([0, 1, 2]);
        await admin.deleteTopics({ topics: [topic] });
        await until('the topic is gone', async () => !(await admin.listTopics()).includes(topic));
      });

      it('says that a topic exists already', async () => {
        const topic = await newTopic();
        expect(await admin.createTopics({ topics: [{ topic }] })).to.equal(false);
      });

      it('refuses an illegal name', async () => {
        const failure = await failureOf(admin.createTopics({ topics: [{ topic: 'no spaces allowed' }] }));
        expect(JSON.stringify(failure)).to.contain('INVALID_TOPIC_EXCEPTION');
      });

      it('refuses more replicas than there are brokers', async () => {
        const failure = await failureOf(
          admin.createTopics({ topics: [{ topic: unique('topic'), replicationFactor: 9 }] }),
        );
        expect(JSON.stringify(failure)).to.contain('INVALID_REPLICATION_FACTOR');
      });

      it('refuses a setting that it does not know', async () => {
        const configEntries = [{ name: 'no.such.setting', value: '1' }];
        const failure = await failureOf(admin.createTopics({ topics: [{ topic: unique('topic'), configEntries }] }));
        expect(JSON.stringify(failure)).to.contain('INVALID_CONFIG');
      });

      it('says that it does not know a topic, and does not create it by being asked', async () => {
        const topic = unique('absent');
        const unhurried = new kafkajs.Kafka({
          brokers: [...brokers()],
          logLevel: logLevel.NOTHING,
          retry: { retries: 1, initialRetryTime: 10 },
        });
        const producer = unhurried.producer({ createPartitioner: Partitioners.DefaultPartitioner });
        disposals.push(() => producer.disconnect());
        await producer.connect();
        const failure = await failureOf(producer.send({ topic, messages: [{ value: 'x' }] }));
        expect(failure.type ?? failure.cause?.type).to.equal('UNKNOWN_TOPIC_OR_PARTITION');
        expect(await admin.listTopics()).not.to.include(topic);
      });

      it('adds partitions', async () => {
        const topic = await newTopic(1);
        await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
        await until('there are three', async () => (await offsetsSoFar(topic)).length === 3);
      });

      it('describes the settings of a topic', async () => {
        const topic = unique('topic');
        const configEntries = [{ name: 'max.message.bytes', value: '2000' }];
        await admin.createTopics({ topics: [{ topic, configEntries }], waitForLeaders: false });
        await until('its partition is led', () => isLed(topic, 1));
        disposals.push(() => admin.deleteTopics({ topics: [topic] }));
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] }],
        });
        const [entry] = resources[0]?.configEntries ?? [];
        expect(entry).to.include({ configName: 'max.message.bytes', configValue: '2000', isDefault: false });
      });
    });

    describe('records', () => {
      it('gives back what was sent, with key, value and headers, in the order of each key', async () => {
        const topic = await newTopic(3);
        const messages = Array.from({ length: 60 }, (_, i) => ({
          key: `key-${i % 6}`,
          value: `value-${i}`,
          headers: { index: `${i}`, many: ['a', 'b'] },
        }));
        await send(topic, messages);
        const { seen } = await consume(topic);
        await until('all are seen', () => seen.length === 60);
        for (let key = 0; key < 6; key++) {
          const ofKey = seen.filter((one) => one.key === `key-${key}`);
          const expected = messages.filter((one) => one.key === `key-${key}`).map((one) => one.value);
          expect(values(ofKey)).to.deep.equal(expected);
          expect(new Set(ofKey.map(({ partition }) => partition)).size).to.equal(1);
        }
        const many = seen[0]?.headers?.['many'];
        expect(Array.isArray(many) && many.map(String)).to.deep.equal(['a', 'b']);
        expect(seen.every(({ headers, value }) => `value-${headers?.['index']}` === value)).to.equal(true);
      });

      it('numbers the records of a partition without gaps, from zero', async () => {
        const topic = await newTopic();
        const [first] = await send(topic, [{ value: 'a' }, { value: 'b' }]);
        const [second] = await send(topic, [{ value: 'c' }]);
        expect([first?.baseOffset, second?.baseOffset]).to.deep.equal(['0', '2']);
        const { seen } = await consume(topic);
        await until('all are seen', () => seen.length === 3);
        expect(seen.map(({ offset }) => offset)).to.deep.equal(['0', '1', '2']);
      });

      it('keeps tombstones, empty values and absent keys apart', async () => {
        const topic = await newTopic();
        await send(topic, [{ key: 'k', value: null }, { key: '', value: '' }, { value: 'no key' }]);
        const { seen } = await consume(topic);
        await until('all are seen', () => seen.length === 3);
        expect(seen.map(({ key, value }) => [key, value])).to.deep.equal([
          ['k', null],
          ['', ''],
          [undefined, 'no key'],
        ]);
      });

      it('keeps gzipped batches', async () => {
        const topic = await newTopic();
        const sent = Array.from({ length: 20 }, (_, i) => ({ value: `${i}`.repeat(500) }));
        await send(topic, sent, { compression: CompressionTypes.GZIP });
        const { seen } = await consume(topic);
        await until('all are seen', () => seen.length === 20);
        expect(values(seen)).to.deep.equal(sent.map(({ value }) => value));
      });

      it('carries a message of 900 kB and refuses one that is larger than allowed', async () => {
        const topic = await newTopic();
        const large = 'x'.repeat(900_000);
        await send(topic, [{ value: large }]);
        const failure = await failureOf(send(topic, [{ value: large + large }]));
        expect(failure.type).to.equal('MESSAGE_TOO_LARGE');
        const { seen } = await consume(topic);
        await until('it is seen', () => seen.length === 1);
        expect(seen[0]?.value).to.equal(large);
      });

      it('takes messages without acknowledgement', async () => {
        const topic = await newTopic();
        const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
        disposals.push(() => producer.disconnect());
        await producer.connect();
        await producer.send({ topic, acks: 0, messages: [{ value: 'unheard' }] });
        const { seen } = await consume(topic);
        await until('it is seen', () => seen.length === 1);
        expect(values(seen)).to.deep.equal(['unheard']);
      });

      it('takes the batches of an idempotent producer, in order', async () => {
        const topic = await newTopic();
        const producer = kafka.producer({
          createPartitioner: Partitioners.DefaultPartitioner,
          idempotent: true,
          maxInFlightRequests: 1,
        });
        disposals.push(() => producer.disconnect());
        await producer.connect();
        for (const value of ['a', 'b', 'c']) await producer.send({ topic, messages: [{ value }] });
        const { seen } = await consume(topic);
        await until('all are seen', () => seen.length === 3);
        expect(values(seen)).to.deep.equal(['a', 'b', 'c']);
      });

      it('wakes a waiting consumer when a record comes', async () => {
        const topic = await newTopic();
        const { seen, assigned } = await consume(topic);
        await until('it has joined', () => assigned().length === 1);
        await send(topic, [{ value: 'late' }]);
        await until('it is seen', () => seen.length === 1);
      });
    });

    describe('positions', () => {
      it('tells the first and the next offset of each partition', async () => {
        const topic = await newTopic(2);
        await send(topic, [
          { partition: 0, value: 'a' },
          { partition: 0, value: 'b' },
          { partition: 1, value: 'c' },
        ]);
        const offsets = await admin.fetchTopicOffsets(topic);
        expect(offsets.sort((a, b) => a.partition - b.partition)).to.deep.equal([
          { partition: 0, offset: '2', high: '2', low: '0' },
          { partition: 1, offset: '1', high: '1', low: '0' },
        ]);
      });

      it('finds the offset of a time', async () => {
        const topic = await newTopic();
        await send(topic, [
          { value: 'a', timestamp: '1000000000000' },
          { value: 'b', timestamp: '1000000001000' },
          { value: 'c', timestamp: '1000000002000' },
        ]);
        const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, 1000000000500);
        expect(found?.offset).to.equal('1');
        const [afterAll] = await admin.fetchTopicOffsetsByTimestamp(topic, 1000000009000);
        expect(afterAll?.offset).to.equal('3');
      });

      it('keeps what a group committed, and goes on from there', async () => {
        const topic = await newTopic();
        const groupId = unique('group');
        await send(topic, [{ value: 'a' }, { value: 'b' }]);
        const first = await consume(topic, { groupId });
        await until('both are seen', () => first.seen.length === 2);
        await first.consumer.disconnect();
        const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
        expect(committed?.partitions[0]).to.include({ partition: 0, offset: '2' });
        await send(topic, [{ value: 'c' }]);
        const second = await consume(topic, { groupId });
        await until('the new one is seen', () => second.seen.length === 1);
        expect(values(second.seen)).to.deep.equal(['c']);
      });

      it('answers -1 for a group that never committed', async () => {
        const topic = await newTopic();
        const [offsets] = await admin.fetchOffsets({ groupId: unique('group'), topics: [topic] });
        expect(offsets?.partitions[0]?.offset).to.equal('-1');
      });

      it('resets the offsets of a group without members', async () => {
        const topic = await newTopic();
        const groupId = unique('group');
        await send(topic, [{ value: 'a' }, { value: 'b' }]);
        const first = await consume(topic, { groupId });
        await until('both are seen', () => first.seen.length === 2);
        await first.consumer.disconnect();
        await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] });
        const second = await consume(topic, { groupId });
        await until('one is seen again', () => second.seen.length === 1);
        expect(values(second.seen)).to.deep.equal(['b']);
      });

      it('seeks', async () => {
        const topic = await newTopic();
        await send(topic, [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
        const { consumer, seen } = await consume(topic);
        await until('all are seen', () => seen.length === 3);
        consumer.seek({ topic, partition: 0, offset: '1' });
        await until('two are seen again', () => seen.length === 5);
        expect(values(seen)).to.deep.equal(['a', 'b', 'c', 'b', 'c']);
      });

      it('lets a consumer that asks past the end begin anew', async () => {
        const topic = await newTopic();
        await send(topic, [{ value: 'a' }]);
        const { consumer, seen } = await consume(topic);
        await until('it is seen', () => seen.length === 1);
        consumer.seek({ topic, partition: 0, offset: '99' });
        await until('it is seen again', () => seen.length === 2);
        expect(values(seen)).to.deep.equal(['a', 'a']);
      });

      it('gives nothing to a paused consumer until it resumes', async () => {
        const topic = await newTopic();
        const { consumer, seen, assigned } = await consume(topic);
        await until('it has joined', () => assigned().length === 1);
        consumer.pause([{ topic }]);
        await send(topic, [{ value: 'while paused' }]);
        const other = await consume(topic);
        await until('another consumer sees it', () => other.seen.length === 1);
        expect(seen).to.have.length(0);
        consumer.resume([{ topic }]);
        await until('it is seen', () => seen.length === 1);
      });
    });

    describe('groups', () => {
      it('shares the partitions between two consumers and loses nothing in the rebalance', async () => {
        const topic = await newTopic(4);
        const groupId = unique('group');
        const spread = (round: string) =>
          Array.from({ length: 20 }, (_, i) => ({ partition: i % 4, value: `${round}-${i}` }));
        const first = await consume(topic, { groupId });
        await until('the first has all', () => first.assigned().length === 4);
        await send(topic, spread('before'));
        const second = await consume(topic, { groupId });
        await send(topic, spread('during'));
        await until('each has half', () => first.assigned().length === 2 && second.assigned().length === 2);
        expect([...first.assigned(), ...second.assigned()].sort()).to.deep.equal([0, 1, 2, 3]);
        await send(topic, spread('after'));
        const distinct = () => new Set(values([...first.seen, ...second.seen])).size;
        await until('all are seen', () => distinct() === 60);
        const after = second.seen.filter(({ value }) => value?.startsWith('after'));
        expect(after).to.have.length(10);
      });

      it('gives the partitions of a consumer that leaves to the one that stays', async () => {
        const topic = await newTopic(2);
        const groupId = unique('group');
        const first = await consume(topic, { groupId });
        const second = await consume(topic, { groupId });
        await until('each has one', () => first.assigned().length === 1 && second.assigned().length === 1);
        await second.consumer.disconnect();
        await until('one has both', () => first.assigned().length === 2);
      });

      it('lists, describes and deletes groups', async () => {
        const topic = await newTopic();
        const groupId = unique('group');
        const { consumer, assigned } = await consume(topic, { groupId });
        await until('it has joined', () => assigned().length === 1);
        const { groups: listed } = await admin.listGroups();
        expect(listed).to.deep.include({ groupId, protocolType: 'consumer' });
        const [described] = (await admin.describeGroups([groupId])).groups;
        expect(described).to.include({ state: 'Stable', protocolType: 'consumer', protocol: 'RoundRobinAssigner' });
        expect(described?.members).to.have.length(1);
        expect(described?.members[0]?.clientId).to.equal('kafka-battery');
        const refused = await failureOf(admin.deleteGroups([groupId]));
        expect(JSON.stringify(refused)).to.contain('NON_EMPTY_GROUP');
        await consumer.disconnect();
        await admin.deleteGroups([groupId]);
        const [gone] = (await admin.describeGroups([groupId])).groups;
        expect(gone?.state).to.equal('Dead');
      });

      it('says that it does not know a group that is to be deleted', async () => {
        const failure = await failureOf(admin.deleteGroups([unique('group')]));
        expect(JSON.stringify(failure)).to.contain('GROUP_ID_NOT_FOUND');
      });
    });
  });
}
