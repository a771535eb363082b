import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { failureOf, type KafkaBench, until, valuesOf } from './kafka-bench.js';
import { rawCall } from './raw-call.js';

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function newGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export function groupRows(bench: KafkaBench): void {
  async function stateOf(groupId: string): Promise<string | undefined> {
    const [group] = (await bench.admin.describeGroups([groupId])).groups;
    return group?.state;
  }

  async function committedOffsets(groupId: string, topic: string): Promise<readonly string[]> {
    const [offsets] = await bench.admin.fetchOffsets({ groupId, topics: [topic] });
    return offsets?.partitions.map(({ offset }) => offset) ?? [];
  }

  describe('groups', () => {
    it('shares the partitions between two consumers and loses nothing in the rebalance', async () => {
      const topic = await bench.newTopic(4);
      const groupId = bench.unique('group');
      const spread = (round: string) =>
        Array.from({ length: 20 }, (_, i) => ({ partition: i % 4, value: `${round}-${i}` }));
      const first = await bench.consume(topic, { groupId });
      await until('the first has all', () => first.assigned().length === 4);
      await bench.send(topic, spread('before'));
      const second = await bench.consume(topic, { groupId });
      await bench.send(topic, spread('during'));
      await until('each has half', () => first.assigned().length === 2 && second.assigned().length === 2);
      expect([...first.assigned(), ...second.assigned()].sort()).to.deep.equal([0, 1, 2, 3]);
      await bench.send(topic, spread('after'));
      const distinct = () => new Set(valuesOf([...first.seen, ...second.seen])).size;
      await until('all are seen', () => distinct() === 60);
      const after = second.seen.filter(({ value }) => value?.startsWith('after'));
      expect(after).to.have.length(10);
    });

    it('hands partitions over in the middle of a batch: every message is handled, once, by who has its partition', async () => {
      const topic = await bench.newTopic(2);
      const groupId = bench.unique('group');
      const perPartition = 20;
      for (const partition of [0, 1]) {
        const messages = Array.from({ length: perPartition }, (_, i) => ({ partition, value: `${partition}-${i}` }));
        await bench.send(topic, messages);
      }
      const gate = newGate();
      let begun = 0;
      const first = await bench.consume(topic, {
        groupId,
        each: async () => {
          if (++begun === 5) await gate.opened;
          // kafkajs hears of the rebalance by the heartbeat that it sends between two messages, now and then.
          await delay(20);
        },
      });
      await until('the first is in the middle of a batch', () => begun === 5);
      let handledBefore = 0;
      first.consumer.on(first.consumer.events.GROUP_JOIN, () => {
        handledBefore = first.seen.length;
      });
      const joining = bench.consume(topic, { groupId });
      await until('the group wants to share anew', async () => (await stateOf(groupId)) === 'PreparingRebalance');
      gate.open();
      const second = await joining;
      const all = () => [...first.seen, ...second.seen];
      await until('all are handled', () => new Set(valuesOf(all())).size === 2 * perPartition);
      expect(valuesOf(all()), 'each once').to.have.length(2 * perPartition);
      expect([...first.assigned(), ...second.assigned()]).to.have.members([0, 1]);
      expect(second.seen.every(({ partition }) => second.assigned().includes(partition))).to.equal(true);
      expect([first.seen.length, second.seen.length], 'both have handled some').not.to.include(0);
      const afterwards = first.seen.slice(handledBefore);
      expect(afterwards.every(({ partition }) => first.assigned().includes(partition))).to.equal(true);
      for (const partition of [0, 1]) {
        const offsets = all().flatMap((one) => (one.partition === partition ? [Number(one.offset)] : []));
        expect(offsets, 'in order, across the consumers').to.deep.equal([...offsets].sort((a, b) => a - b));
      }
    });

    it('gives what was handled but not committed to the next consumer again', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      await bench.send(topic, [{ value: 'a' }, { value: 'b' }]);
      const first = await bench.consume(topic, { groupId, autoCommit: false });
      await until('both are handled', () => first.seen.length === 2);
      await first.consumer.commitOffsets([{ topic, partition: 0, offset: '1' }]);
      await first.consumer.disconnect();
      const second = await bench.consume(topic, { groupId });
      await until('what was not committed is handled', () => second.seen.length === 1);
      expect(valuesOf(second.seen)).to.deep.equal(['b']);
    });

    it('takes the partitions from a member that is silent for too long, and does not let it turn the offsets back', async () => {
      const topic = await bench.newTopic(2);
      const groupId = bench.unique('group');
      for (const partition of [0, 1]) await bench.send(topic, [{ partition, value: `${partition}` }]);
      const gate = newGate();
      const silent = await bench.consume(topic, { groupId, each: () => gate.opened });
      const other = await bench.consume(topic, { groupId });
      await until('the other has handled all', () => other.seen.length === 2);
      expect(other.assigned()).to.have.members([0, 1]);
      expect(silent.seen).to.have.length(0);
      gate.open();
      await until('each has one', () => silent.assigned().length === 1 && other.assigned().length === 1);
      await bench.send(
        topic,
        [0, 1].map((partition) => ({ partition, value: `later ${partition}` })),
      );
      const later = () => [...silent.seen, ...other.seen].filter(({ value }) => value?.startsWith('later'));
      await until('what comes is handled', () => later().length === 2);
      await until('it is committed', async () => (await committedOffsets(groupId, topic)).every((at) => at === '2'));
    });

    it('takes commits from members of the present generation only, and from nobody while there are members', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      const { assigned } = await bench.consume(topic, { groupId });
      await until('it has joined', () => assigned().length === 1);
      const [group] = (await bench.admin.describeGroups([groupId])).groups;
      const memberId = group?.members[0]?.memberId ?? '';
      const commit = async (member: { readonly memberId: string; readonly generationId: number }) => {
        const topics = [{ topic, partitions: [{ partition: 0, offset: 7n, metadata: null }] }];
        const answer = await rawCall(bench.address, 'offsetCommit', { groupId, retentionMs: -1n, ...member, topics });
        return answer.topics[0]?.partitions[0]?.errorCode;
      };
      expect(await commit({ memberId: 'a stranger', generationId: 1 })).to.equal(ErrorCode.unknownMemberId);
      expect(await commit({ memberId, generationId: 99 })).to.equal(ErrorCode.illegalGeneration);
      expect(await commit({ memberId: '', generationId: -1 })).to.equal(ErrorCode.unknownMemberId);
      expect(await commit({ memberId, generationId: 1 })).to.equal(ErrorCode.none);
    });

    it('says that it does not know a topic that is to be consumed', async () => {
      const consumer = bench.newConsumer(bench.unique('group'), { retry: { retries: 1, initialRetryTime: 10 } });
      await consumer.connect();
      const failure = await failureOf(consumer.subscribe({ topic: bench.unique('absent') }));
      expect(failure.type ?? failure.cause?.type).to.equal('UNKNOWN_TOPIC_OR_PARTITION');
    });

    it('gives the partitions of a consumer that leaves to the one that stays', async () => {
      const topic = await bench.newTopic(2);
      const groupId = bench.unique('group');
      const first = await bench.consume(topic, { groupId });
      const second = await bench.consume(topic, { groupId });
      await until('each has one', () => first.assigned().length === 1 && second.assigned().length === 1);
      await second.consumer.disconnect();
      await until('one has both', () => first.assigned().length === 2);
    });

    it('lists, describes and deletes groups', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      const { consumer, assigned } = await bench.consume(topic, { groupId });
      await until('it has joined', () => assigned().length === 1);
      const { groups: listed } = await bench.admin.listGroups();
      expect(listed).to.deep.include({ groupId, protocolType: 'consumer' });
      const [described] = (await bench.admin.describeGroups([groupId])).groups;
      expect(described).to.include({ state: 'Stable', protocolType: 'consumer', protocol: 'RoundRobinAssigner' });
      expect(described?.members).to.have.length(1);
      expect(described?.members[0]?.clientId).to.equal('kafka-battery');
      const refused = await failureOf(bench.admin.deleteGroups([groupId]));
      expect(JSON.stringify(refused)).to.contain('NON_EMPTY_GROUP');
      await consumer.disconnect();
      await bench.admin.deleteGroups([groupId]);
      const [gone] = (await bench.admin.describeGroups([groupId])).groups;
      expect(gone?.state).to.equal('Dead');
    });

    it('says that it does not know a group that is to be deleted', async () => {
      const failure = await failureOf(bench.admin.deleteGroups([bench.unique('group')]));
      expect(JSON.stringify(failure)).to.contain('GROUP_ID_NOT_FOUND');
    });
  });
}
