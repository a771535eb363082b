import { expect } from 'chai';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import type { LogMessage } from '../../../src/model/index.js';
import { createKafkaProbe, type KafkaProbe } from '../../../src/stores/kafka-probe.js';
import { type KafkaBench, until } from './kafka-bench.js';
import { GROUP, rawCall, untilCoordinated } from './raw-call.js';

const KEY = 'k';

/** What our own probe makes of the broker: what it says is what verdicts stand on. */
export function probeRows(bench: KafkaBench): void {
  function newProbe(): KafkaProbe {
    const probe = createKafkaProbe({ brokers: bench.brokers, timeoutMs: 10_000 });
    bench.atEnd(() => probe[Symbol.asyncDispose]());
    return probe;
  }

  async function valuesSeenBy(probe: KafkaProbe, topic: string): Promise<readonly (string | null)[]> {
    const query = { store: 'kafka', topic, key: KEY, consumedBy: [] } as const;
    const observation = await probe.observe({ effect: 'event-publish', query });
    if (observation.status !== 'read')
      throw new Error(JSON.stringify(observation, (_, v) => (typeof v === 'bigint' ? `${v}` : v)));
    return observation.records.map((record) => (record as LogMessage).value);
  }

  const write = (topic: string, value: string | null) => bench.send(topic, [{ key: KEY, value }]);

  /** Without being a member: a group that has none takes it. */
  async function commit(groupId: string, topic: string, partition: number): Promise<void> {
    await untilCoordinated(bench.address, { key: groupId, keyType: GROUP });
    const topics = [{ topic, partitions: [{ partition, offset: 1n, metadata: null }] }];
    const request = { groupId, generationId: -1, memberId: '', retentionMs: -1n, topics };
    await rawCall(bench.address, 'offsetCommit', request);
  }

  describe('the probe', () => {
    it('reads a topic from the moment in which it is made', async () => {
      const probe = newProbe();
      await probe.identify();
      for (let round = 0; round < 8; round++) {
        const topic = bench.unique('topic');
        await bench.admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: false });
        bench.atEnd(() => bench.admin.deleteTopics({ topics: [topic] }));
        expect(await valuesSeenBy(probe, topic)).to.deep.equal([]);
      }
    });

    it('tells a tombstone from an empty value', async () => {
      const topic = await bench.newTopic();
      for (const value of ['full', '', null]) await write(topic, value);
      expect(await valuesSeenBy(newProbe(), topic)).to.deep.equal(['full', '', null]);
    });

    it('sees what a transaction wrote once it is committed, and never what an aborted one wrote', async () => {
      const topic = await bench.newTopic();
      const probe = newProbe();
      await write(topic, 'before');
      const [one, other] = [await bench.newTransactional(), await bench.newTransactional()];
      const [long, short] = [await one.transaction(), await other.transaction()];
      await long.send({ topic, messages: [{ key: KEY, value: 'aborted late' }] });
      await short.send({ topic, messages: [{ key: KEY, value: 'aborted early' }] });
      expect(await valuesSeenBy(probe, topic)).to.deep.equal(['before']);
      await short.abort();
      await long.abort();
      const kept = await one.transaction();
      await kept.send({ topic, messages: [{ key: KEY, value: 'committed' }] });
      expect(await valuesSeenBy(probe, topic)).to.deep.equal(['before']);
      await kept.commit();
      // A real broker writes the end of a transaction a moment after it has answered.
      await until('the commit is seen', async () => (await valuesSeenBy(probe, topic)).length > 1);
      expect(await valuesSeenBy(probe, topic)).to.deep.equal(['before', 'committed']);
    });

    it('sees a message on a partition that was added, and where a group stands on it', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      const probe = newProbe();
      await probe.watch([topic]);
      await write(topic, 'first');
      expect(await valuesSeenBy(probe, topic)).to.deep.equal(['first']);
      await bench.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      await until('the new partition is led', () => bench.isLed(topic, 2));
      await bench.send(topic, [{ key: KEY, value: 'added', partition: 1 }]);
      await commit(groupId, topic, 1);
      const query = { store: 'kafka', topic, key: KEY, consumedBy: [groupId] } as const;
      const observation = await probe.observe({ effect: 'event-publish', query });
      const records = observation.status === 'read' ? (observation.records as readonly LogMessage[]) : [];
      expect(records.map(({ value, groups }) => [value, groups[0]?.committedOffset])).to.deep.equal([
        ['first', undefined],
        ['added', '1'],
      ]);
    });

    it('goes on with a topic while another that it reads is deleted', async () => {
      const [kept, deleted] = [await bench.newTopic(), bench.unique('topic')];
      await bench.admin.createTopics({ topics: [{ topic: deleted }] });
      await until('it is led', () => bench.isLed(deleted, 1));
      const probe = newProbe();
      await probe.watch([kept, deleted]);
      for (const topic of [kept, deleted]) await write(topic, 'here');
      for (const topic of [kept, deleted]) expect(await valuesSeenBy(probe, topic)).to.deep.equal(['here']);
      await bench.admin.deleteTopics({ topics: [deleted] });
      const seen = await Promise.all([valuesSeenBy(probe, kept), valuesSeenBy(probe, deleted)]);
      expect(seen).to.deep.equal([['here'], []]);
    });

    it('relies on a partition that is not there being unknown', async () => {
      const topic = await bench.newTopic();
      const places = [0, 1].map((partition) => ({ partition, timestampMs: -1n }));
      const request = { replicaId: -1, isolationLevel: 1, topics: [{ topic, partitions: places }] };
      const { topics } = await rawCall(bench.address, 'listOffsets', request);
      const errors = topics[0]?.partitions.map(({ partition, errorCode }) => [partition, errorCode]);
      expect(errors?.sort()).to.deep.equal([
        [0, ErrorCode.none],
        [1, ErrorCode.unknownTopicOrPartition],
      ]);
    });
  });
}
