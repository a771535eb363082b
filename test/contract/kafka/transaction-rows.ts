import { expect } from 'chai';
import type { Transaction } from 'kafkajs';
import { type Consuming, failureOf, type KafkaBench, until, valuesOf } from './kafka-bench.js';
import { rawCall } from './raw-call.js';

const UNCOMMITTED = { settings: { readUncommitted: true } };
const READ_UNCOMMITTED = 0;
const LATEST = -1n;
const LEFT = 0;
const RIGHT = 1;

/** What a producer is told whose place another one has taken, or whose time was up. */
const FENCED = 'INVALID_PRODUCER_EPOCH';

export function transactionRows(bench: KafkaBench): void {
  async function committedOffset(groupId: string, topic: string): Promise<string | undefined> {
    const [offsets] = await bench.admin.fetchOffsets({ groupId, topics: [topic] });
    return offsets?.partitions[0]?.offset;
  }

  /** By then the consumer has fetched from all partitions since it was called: twice something new has come through. */
  async function hasLookedAgain(topic: string, { seen }: Consuming): Promise<void> {
    for (const value of ['first look', 'second look']) {
      await bench.send(topic, [{ partition: RIGHT, value }]);
      await until(`a consumer's ${value}`, () => valuesOf(seen).includes(value));
    }
  }

  /** A real broker answers a commit when it is decided; that it has ended is written a moment later. */
  const untilWritten = (topic: string, next: bigint): Promise<void> =>
    until(`the log has come to ${next}`, async () => {
      const partitions = [{ partition: 0, timestampMs: LATEST }];
      const request = { replicaId: -1, isolationLevel: READ_UNCOMMITTED, topics: [{ topic, partitions }] };
      return (await rawCall(bench.address, 'listOffsets', request)).topics[0]?.partitions[0]?.offset === next;
    });

  /** Two open transactions: the first has written a1 and a2, the second b1 in between. */
  async function overlapping(topic: string): Promise<readonly [Transaction, Transaction]> {
    const [a, b] = [await bench.newTransactional(), await bench.newTransactional()];
    const [ofA, ofB] = [await a.transaction(), await b.transaction()];
    await ofA.send({ topic, messages: [{ value: 'a1' }] });
    await ofB.send({ topic, messages: [{ value: 'b1' }] });
    await ofA.send({ topic, messages: [{ value: 'a2' }] });
    return [ofA, ofB];
  }

  const ofLeft = ({ seen }: Consuming) => valuesOf(seen.filter(({ partition }) => partition === LEFT));

  describe('transactions', () => {
    it('shows what a transaction wrote only after its commit, save to who reads the uncommitted', async () => {
      const topic = await bench.newTopic(2);
      const producer = await bench.newTransactional();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition: LEFT, value: 'a' }] });
      await transaction.send({ topic, messages: [{ partition: LEFT, value: 'b' }] });
      const hasty = await bench.consume(topic, UNCOMMITTED);
      await until('the uncommitted is seen', () => hasty.seen.length === 2);
      const patient = await bench.consume(topic);
      await hasLookedAgain(topic, patient);
      expect(ofLeft(patient)).to.deep.equal([]);
      await transaction.commit();
      await until('the committed is seen', () => ofLeft(patient).length === 2);
      expect(ofLeft(patient)).to.deep.equal(['a', 'b']);
      expect(ofLeft(hasty)).to.deep.equal(['a', 'b']);
    });

    it('never shows what an aborted transaction wrote, save to who reads the uncommitted', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newTransactional();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] });
      await transaction.abort();
      await bench.send(topic, [{ value: 'behind' }]);
      const patient = await bench.consume(topic);
      const hasty = await bench.consume(topic, UNCOMMITTED);
      await until('both see the last', () => [patient, hasty].every(({ seen }) => valuesOf(seen).includes('behind')));
      expect(valuesOf(patient.seen)).to.deep.equal(['behind']);
      expect(valuesOf(hasty.seen)).to.deep.equal(['a', 'b', 'behind']);
    });

    it('gives the end of a transaction an offset of its own', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newTransactional();
      for (const [end, next] of [
        ['commit', 2n],
        ['abort', 4n],
      ] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value: end }] });
        await transaction[end]();
        await untilWritten(topic, next);
      }
      const [behind] = await bench.send(topic, [{ value: 'behind' }]);
      expect(behind?.baseOffset).to.equal('4');
    });

    it('holds back what comes behind an open transaction, whoever wrote it', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newTransactional();
      await bench.send(topic, [{ value: 'before' }]);
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'within' }] });
      await bench.send(topic, [{ value: 'behind' }]);
      const patient = await bench.consume(topic);
      await until('what is stable is seen', () => patient.seen.length === 1);
      const [open] = await bench.admin.fetchTopicOffsets(topic);
      expect(open?.high).to.equal('1');
      const hasty = await bench.consume(topic, UNCOMMITTED);
      await until('all is seen', () => hasty.seen.length === 3);
      expect(valuesOf(patient.seen)).to.deep.equal(['before']);
      await transaction.abort();
      await until('the last is seen', () => patient.seen.length === 2);
      expect(valuesOf(patient.seen)).to.deep.equal(['before', 'behind']);
      const [ended] = await bench.admin.fetchTopicOffsets(topic);
      expect(ended?.high).to.equal('4');
    });

    it('commits to several topics and partitions, or to none of them', async () => {
      const [one, other] = [await bench.newTopic(2), await bench.newTopic()];
      const producer = await bench.newTransactional();
      for (const end of ['abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: one, messages: [LEFT, RIGHT].map((partition) => ({ partition, value: end })) });
        await transaction.send({ topic: other, messages: [{ value: end }] });
        await transaction[end]();
      }
      const ofOne = await bench.consume(one);
      const ofOther = await bench.consume(other);
      await until('all is seen', () => ofOne.seen.length === 2 && ofOther.seen.length === 1);
      expect(valuesOf([...ofOne.seen, ...ofOther.seen])).to.deep.equal(['commit', 'commit', 'commit']);
    });

    it('tells the transactions of two producers apart that share a partition', async () => {
      const topic = await bench.newTopic();
      const [ofA, ofB] = await overlapping(topic);
      await ofB.commit();
      await ofA.abort();
      await bench.send(topic, [{ value: 'behind' }]);
      const { seen } = await bench.consume(topic);
      await until('the last is seen', () => valuesOf(seen).includes('behind'));
      expect(valuesOf(seen)).to.deep.equal(['b1', 'behind']);
    });

    // A broker lists aborted transactions in the order of their ends; kafkajs takes it for the order of their beginnings.
    it('lists the aborted in the order of their ends, and kafkajs shows what began before the first', async () => {
      const topic = await bench.newTopic();
      const [ofA, ofB] = await overlapping(topic);
      await ofB.abort();
      await untilWritten(topic, 4n);
      await ofA.abort();
      await bench.send(topic, [{ value: 'behind' }]);
      const { seen } = await bench.consume(topic);
      await until('the last is seen', () => valuesOf(seen).includes('behind'));
      expect(valuesOf(seen)).to.deep.equal(['a1', 'behind']);
    });

    it('fences a producer when another one takes its transactional id', async () => {
      const topic = await bench.newTopic();
      const id = bench.unique('transactional');
      const former = await bench.newTransactional(id);
      const lost = await former.transaction();
      await lost.send({ topic, messages: [{ value: 'lost' }] });
      const latter = await bench.newTransactional(id);
      const kept = await latter.transaction();
      const sending = await failureOf(lost.send({ topic, messages: [{ value: 'too late' }] }));
      expect(sending.type).to.equal(FENCED);
      const committing = await failureOf(lost.commit());
      expect(committing.type).to.equal(FENCED);
      await kept.send({ topic, messages: [{ value: 'kept' }] });
      await kept.commit();
      const { seen } = await bench.consume(topic);
      await until('what was committed is seen', () => seen.length === 1);
      expect(valuesOf(seen)).to.deep.equal(['kept']);
    });

    it('aborts a transaction that stays open for longer than its timeout, and fences its producer', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newTransactional(undefined, { transactionTimeout: 1_000 });
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'forgotten' }] });
      await bench.send(topic, [{ value: 'behind' }]);
      const { seen } = await bench.consume(topic);
      await until('what comes behind it is seen', () => seen.length === 1);
      expect(valuesOf(seen)).to.deep.equal(['behind']);
      const failure = await failureOf(transaction.commit());
      expect(failure.type).to.equal(FENCED);
    });

    it('refuses a timeout above its limit of 15 minutes', async () => {
      const producer = await bench.newTransactional(undefined, { transactionTimeout: 900_001 });
      const failure = await failureOf(producer.transaction());
      expect(failure.type).to.equal('INVALID_TRANSACTION_TIMEOUT');
    });

    it('moves the offset of a group with the commit of a transaction, not before, and not with an abort', async () => {
      const [source, target] = [await bench.newTopic(), await bench.newTopic()];
      const groupId = bench.unique('group');
      const producer = await bench.newTransactional();
      const topics = (offset: string) => ({
        consumerGroupId: groupId,
        topics: [{ topic: source, partitions: [{ partition: 0, offset }] }],
      });
      const aborted = await producer.transaction();
      await aborted.sendOffsets(topics('5'));
      await aborted.abort();
      expect(await committedOffset(groupId, source)).to.equal('-1');
      const committed = await producer.transaction();
      await committed.send({ topic: target, messages: [{ value: 'made' }] });
      await committed.sendOffsets(topics('3'));
      expect(await committedOffset(groupId, source)).to.equal('-1');
      await committed.commit();
      await until('the offset has moved', async () => (await committedOffset(groupId, source)) === '3');
    });

    it('loses and doubles nothing in consuming, transforming and producing, though every second attempt aborts', async () => {
      const [source, target] = [await bench.newTopic(), await bench.newTopic()];
      const groupId = bench.unique('group');
      const sent = Array.from({ length: 5 }, (_, i) => `${i}`);
      await bench.send(
        source,
        sent.map((value) => ({ value })),
      );
      const producer = await bench.newTransactional();
      let attempts = 0;
      const consumer = bench.newConsumer(groupId, { retry: { initialRetryTime: 20, maxRetryTime: 100, retries: 8 } });
      await consumer.connect();
      await consumer.subscribe({ topic: source, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        async eachMessage({ message, partition }) {
          const transaction = await producer.transaction();
          await transaction.send({ topic: target, messages: [{ value: `${message.value} made` }] });
          const next = (BigInt(message.offset) + 1n).toString();
          const partitions = [{ partition, offset: next }];
          await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: source, partitions }] });
          if (attempts++ % 2 === 0) {
            await transaction.abort();
            throw new Error('not this time');
          }
          await transaction.commit();
        },
      });
      const { seen } = await bench.consume(target);
      await until('all are made', () => seen.length >= sent.length);
      await until('the offset has moved', async () => (await committedOffset(groupId, source)) === '5');
      expect(valuesOf(seen)).to.deep.equal(sent.map((value) => `${value} made`));
    });
  });
}
