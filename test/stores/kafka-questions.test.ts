import { expect } from 'chai';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import type { LogMessage, StoreObservation } from '../../src/model/index.js';
import { createKafkaProbe, type KafkaProbe } from '../../src/stores/kafka-probe.js';
import { rawCall } from '../contract/kafka/raw-call.js';
import { type KafkaNodes, startKafkaNodes } from '../helpers/kafka-nodes.js';

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const TOPIC_AUTHORIZATION_FAILED = 29;
const GROUP_AUTHORIZATION_FAILED = 30;
const KAFKA_STORAGE_ERROR = 56;

type ErrorOf = (topic: string, errorCode: number) => number;

interface OfPartitions<P> {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly P[] }[];
}

/** The same answer, with other errors of its partitions. */
function withErrors(errorOf: ErrorOf) {
  return <P extends { readonly errorCode: number }, R extends OfPartitions<P>>(response: R): R => ({
    ...response,
    topics: response.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((one) => ({ ...one, errorCode: errorOf(topic, one.errorCode) })),
    })),
  });
}

const permitOnlyOne: ErrorOf = (topic, errorCode) => (topic === 'two' ? TOPIC_AUTHORIZATION_FAILED : errorCode);

describe('what the Kafka probe asks of a cluster', () => {
  let server: EmbeddedServer;
  let kafka: Kafka;
  let nodes: KafkaNodes;
  let admin: Admin;
  let probe: KafkaProbe;
  const disposals: (() => PromiseLike<unknown>)[] = [];

  beforeEach(async () => {
    server = await startEmbeddedKafka();
    disposals.push(() => server[Symbol.asyncDispose]());
    nodes = await startKafkaNodes(server.url);
    disposals.push(() => nodes[Symbol.asyncDispose]());
    kafka = new kafkajs.Kafka({ brokers: [server.url], logLevel: kafkajs.logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
    disposals.push(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic: 'one', numPartitions: 2 }, { topic: 'two' }] });
    probe = createKafkaProbe({ brokers: [nodes.address] });
    disposals.push(() => probe[Symbol.asyncDispose]());
  });

  afterEach(async () => {
    for (const dispose of disposals.splice(0).reverse()) await dispose();
  });

  async function publish(topic: string, value: string, partition = 0): Promise<void> {
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'k', value, partition }] });
    await producer.disconnect();
  }

  async function commit(groupId: string, topic: string, { partition = 0, offset = 1n } = {}): Promise<void> {
    const topics = [{ topic, partitions: [{ partition, offset, metadata: null }] }];
    await rawCall(server.url, 'offsetCommit', { groupId, generationId: -1, memberId: '', retentionMs: -1n, topics });
  }

  const observe = (topic: string, ...consumedBy: readonly string[]) =>
    probe.observe({ effect: 'event-publish', query: { store: 'kafka', topic, key: 'k', consumedBy } });

  function recordsOf(observation: StoreObservation): readonly LogMessage[] {
    if (observation.status !== 'read') throw new Error(observation.reason);
    return observation.records as readonly LogMessage[];
  }

  const valuesOn = async (topic: string) => recordsOf(await observe(topic)).map(({ value }) => value);

  const committedBy = async (group: string) => recordsOf(await observe('one', group))[0]?.groups[0]?.committedOffset;

  function reasonOf(observation: StoreObservation): string {
    if (observation.status !== 'unreachable') throw new Error('it could be read');
    return observation.reason;
  }

  /** The probe has read what is there, and knows who leads what. */
  async function acquaint(): Promise<void> {
    await probe.watch(['one', 'two']);
    for (const topic of ['one', 'two']) await publish(topic, 'first');
    await Promise.all([observe('one', 'group'), observe('two')]);
    nodes.calls.length = 0;
  }

  /** Without what the consumer that reads along asks, and without the node where any would do. */
  const asked = () =>
    nodes.calls
      .splice(0)
      .filter((call) => !/ (fetch|heartbeat)$/.test(call))
      .map((call) => call.replace(/^\d (?=metadata|findCoordinator)/, ''));

  describe('when all stays as it was', () => {
    it('is one question for the ends of all topics, and one for each group', async () => {
      await acquaint();
      const [one, two] = await Promise.all([observe('one', 'group', 'another'), observe('two', 'group')]);
      expect(recordsOf(one).map(({ value }) => value)).to.deep.equal(['first']);
      expect(recordsOf(two).map(({ value }) => value)).to.deep.equal(['first']);
      expect(asked().sort()).to.deep.equal(['1 listOffsets', '1 offsetFetch', '1 offsetFetch', 'findCoordinator']);
      await Promise.all([observe('one', 'group', 'another'), observe('two', 'group')]);
      expect(asked().sort()).to.deep.equal(['1 listOffsets', '1 offsetFetch', '1 offsetFetch']);
    });

    it('is asked by each question anew', async () => {
      await acquaint();
      for (const offset of [1n, 2n]) {
        await commit('group', 'one', { offset });
        expect(await committedBy('group')).to.equal(`${offset}`);
      }
      for (const value of ['second', 'third']) {
        await publish('one', value);
        expect((await valuesOn('one')).at(-1)).to.equal(value);
      }
    });

    it('asks for the beginning of a topic only when it takes the topic up', async () => {
      await publish('one', 'first');
      expect(await valuesOn('one')).to.deep.equal(['first']);
      expect(asked()).to.include('metadata');
      expect(await valuesOn('one')).to.deep.equal(['first']);
      expect(asked()).to.deep.equal(['1 listOffsets']);
    });

    it('goes to each node for what it leads', async () => {
      nodes.lead('one', 1, 2);
      await acquaint();
      await publish('one', 'on the other node', 1);
      const [one, two] = await Promise.all([valuesOn('one'), valuesOn('two')]);
      expect(one).to.deep.equal(['first', 'on the other node']);
      expect(two).to.deep.equal(['first']);
      expect(asked().sort()).to.deep.equal(['1 listOffsets', '2 listOffsets']);
    });
  });

  describe('when something has changed', () => {
    it('goes to the new leader of a partition', async () => {
      await acquaint();
      nodes.lead('one', 1, 2);
      await publish('one', 'later', 1);
      const [one, two] = await Promise.all([valuesOn('one'), valuesOn('two')]);
      expect(one).to.deep.equal(['first', 'later']);
      expect(two).to.deep.equal(['first']);
      expect(asked()).to.include('metadata').and.to.include('2 listOffsets');
      await valuesOn('one');
      expect(asked().sort()).to.deep.equal(['1 listOffsets', '2 listOffsets']);
    });

    it('goes to the new leader when the old one is gone', async () => {
      nodes.lead('one', 1, 2);
      await acquaint();
      nodes.lead('one', 1, 1);
      await nodes.stop(2);
      await publish('two', 'later');
      expect(await Promise.all([valuesOn('one'), valuesOn('two')])).to.deep.equal([['first'], ['first', 'later']]);
    });

    it('goes to the new coordinator of a group', async () => {
      await acquaint();
      await commit('group', 'one');
      nodes.coordinate('group', 2);
      expect(await committedBy('group')).to.equal('1');
      expect(asked()).to.deep.equal(['1 offsetFetch', '1 listOffsets', 'findCoordinator', '2 offsetFetch']);
    });

    it('goes to the new coordinator when the old one is gone', async () => {
      nodes.coordinate('group', 2);
      await acquaint();
      await commit('group', 'one');
      nodes.coordinate('group', 1);
      await nodes.stop(2);
      expect(await committedBy('group')).to.equal('1');
    });

    it('sees partitions that were added, and where groups stand on them', async () => {
      await acquaint();
      await admin.createPartitions({ topicPartitions: [{ topic: 'one', count: 3 }] });
      await publish('one', 'on the new one', 2);
      await commit('group', 'one', { partition: 2 });
      const records = recordsOf(await observe('one', 'group'));
      expect(records.map(({ value, groups }) => [value, groups[0]?.committedOffset])).to.deep.equal([
        ['first', undefined],
        ['on the new one', '1'],
      ]);
    });

    it('answers for a topic while another one that it reads is deleted and made again', async () => {
      await acquaint();
      await admin.deleteTopics({ topics: ['two'] });
      const [one, two] = await Promise.all([observe('one'), observe('two')]);
      expect(recordsOf(one)).to.have.length(1);
      expect(recordsOf(two)).to.have.length(0);
      expect(two.status === 'read' && two.missing?.kind).to.equal('no-topic');
      await admin.createTopics({ topics: [{ topic: 'two', numPartitions: 3 }] });
      await publish('two', 'again', 2);
      expect(await Promise.all([valuesOn('one'), valuesOn('two')])).to.deep.equal([['first'], ['again']]);
    });
  });

  it('takes up connections that were broken', async () => {
    await acquaint();
    await commit('group', 'one');
    nodes.cut();
    expect(await committedBy('group')).to.equal('1');
  });

  describe('when a broker refuses', () => {
    it('the ends of one topic, answers for the other', async () => {
      await acquaint();
      nodes.answer('listOffsets', withErrors(permitOnlyOne));
      const [one, two] = await Promise.all([observe('one'), observe('two')]);
      expect(recordsOf(one)).to.have.length(1);
      expect(two).to.deep.include({ status: 'unreachable' });
      expect(reasonOf(two)).to.contain('does not permit').and.to.contain('(TOPIC_AUTHORIZATION_FAILED)');
    });

    it('what a group committed on one topic, answers for the other', async () => {
      await acquaint();
      nodes.answer('offsetFetch', withErrors(permitOnlyOne));
      const [one, two] = await Promise.all([observe('one', 'group'), observe('two', 'group')]);
      expect(recordsOf(one)[0]?.groups).to.deep.equal([{ group: 'group', committedOffset: undefined }]);
      expect(reasonOf(two)).to.contain('(TOPIC_AUTHORIZATION_FAILED)');
    });

    it('to speak about a group, says so', async () => {
      await acquaint();
      nodes.answer('offsetFetch', (response) => ({ ...response, topics: [], errorCode: GROUP_AUTHORIZATION_FAILED }));
      expect(reasonOf(await observe('one', 'group'))).to.contain('(GROUP_AUTHORIZATION_FAILED)');
      expect(await valuesOn('one')).to.deep.equal(['first']);
    });

    it('with an error that does not pass by itself, says which', async () => {
      await acquaint();
      nodes.answer(
        'listOffsets',
        withErrors(() => KAFKA_STORAGE_ERROR),
      );
      expect(reasonOf(await observe('one'))).to.contain('(KAFKA_STORAGE_ERROR)');
    });

    it('otherwise than Kafka does what is not there, reads on, at the price of asking who leads what', async () => {
      await acquaint();
      nodes.answer(
        'listOffsets',
        withErrors((_topic, code) => (code === UNKNOWN_TOPIC_OR_PARTITION ? KAFKA_STORAGE_ERROR : code)),
      );
      expect(await valuesOn('one')).to.deep.equal(['first']);
      expect(asked()).to.include('metadata');
    });
  });
});
