import { expect } from 'chai';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { type KafkaBench, until, valuesOf } from './kafka-bench.js';
import { fetchOnce, GROUP, rawCall, untilCoordinated } from './raw-call.js';

export function positionRows(bench: KafkaBench): void {
  /** Of a, b and c only c is left, at offset 2. */
  async function topicWithoutBeginning(): Promise<string> {
    const topic = await bench.newTopic();
    await bench.send(topic, [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
    await bench.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    return topic;
  }

  /** In the name of a group without members. */
  async function commit(groupId: string, topic: string, offset: bigint): Promise<void> {
    await untilCoordinated(bench.address, { key: groupId, keyType: GROUP });
    const topics = [{ topic, partitions: [{ partition: 0, offset, metadata: null }] }];
    const request = { groupId, generationId: -1, memberId: '', retentionMs: -1n, topics };
    const answer = await rawCall(bench.address, 'offsetCommit', request);
    expect(answer.topics[0]?.partitions[0]?.errorCode).to.equal(ErrorCode.none);
  }

  describe('positions', () => {
    it('tells the first and the next offset of each partition', async () => {
      const topic = await bench.newTopic(2);
      await bench.send(topic, [
        { partition: 0, value: 'a' },
        { partition: 0, value: 'b' },
        { partition: 1, value: 'c' },
      ]);
      const offsets = await bench.admin.fetchTopicOffsets(topic);
      expect(offsets.sort((a, b) => a.partition - b.partition)).to.deep.equal([
        { partition: 0, offset: '2', high: '2', low: '0' },
        { partition: 1, offset: '1', high: '1', low: '0' },
      ]);
    });

    it('finds the offset of a time', async () => {
      const topic = await bench.newTopic();
      await bench.send(topic, [
        { value: 'a', timestamp: '1000000000000' },
        { value: 'b', timestamp: '1000000001000' },
        { value: 'c', timestamp: '1000000002000' },
      ]);
      const [found] = await bench.admin.fetchTopicOffsetsByTimestamp(topic, 1000000000500);
      expect(found?.offset).to.equal('1');
      const [afterAll] = await bench.admin.fetchTopicOffsetsByTimestamp(topic, 1000000009000);
      expect(afterAll?.offset).to.equal('3');
    });

    it('keeps what a group committed, and goes on from there', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      await bench.send(topic, [{ value: 'a' }, { value: 'b' }]);
      const first = await bench.consume(topic, { groupId });
      await until('both are seen', () => first.seen.length === 2);
      await first.consumer.disconnect();
      const [committed] = await bench.admin.fetchOffsets({ groupId, topics: [topic] });
      expect(committed?.partitions[0]).to.include({ partition: 0, offset: '2' });
      await bench.send(topic, [{ value: 'c' }]);
      const second = await bench.consume(topic, { groupId });
      await until('the new one is seen', () => second.seen.length === 1);
      expect(valuesOf(second.seen)).to.deep.equal(['c']);
    });

    it('answers -1 for a group that never committed', async () => {
      const topic = await bench.newTopic();
      const [offsets] = await bench.admin.fetchOffsets({ groupId: bench.unique('group'), topics: [topic] });
      expect(offsets?.partitions[0]?.offset).to.equal('-1');
    });

    it('resets the offsets of a group without members', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      await bench.send(topic, [{ value: 'a' }, { value: 'b' }]);
      const first = await bench.consume(topic, { groupId });
      await until('both are seen', () => first.seen.length === 2);
      await first.consumer.disconnect();
      await bench.admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] });
      const second = await bench.consume(topic, { groupId });
      await until('one is seen again', () => second.seen.length === 1);
      expect(valuesOf(second.seen)).to.deep.equal(['b']);
    });

    it('seeks', async () => {
      const topic = await bench.newTopic();
      await bench.send(topic, [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
      const { consumer, seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      consumer.seek({ topic, partition: 0, offset: '1' });
      await until('two are seen again', () => seen.length === 5);
      expect(valuesOf(seen)).to.deep.equal(['a', 'b', 'c', 'b', 'c']);
    });

    it('tells a new group where the end is, when it does not want the beginning', async () => {
      const topic = await bench.newTopic();
      await bench.send(topic, [{ value: 'before' }]);
      const { seen, fetches } = await bench.consume(topic, { fromBeginning: false });
      await until('it has found the end', () => fetches() > 0);
      await bench.send(topic, [{ value: 'behind' }]);
      await until('what is new is seen', () => seen.length === 1);
      expect(valuesOf(seen)).to.deep.equal(['behind']);
    });

    it('deletes the first messages, and moves the beginning', async () => {
      const topic = await topicWithoutBeginning();
      const [offsets] = await bench.admin.fetchTopicOffsets(topic);
      expect(offsets).to.include({ low: '2', high: '3' });
      const { seen } = await bench.consume(topic);
      await until('what is left is seen', () => seen.length === 1);
      expect(seen[0]).to.include({ offset: '2', value: 'c' });
    });

    for (const [where, committed] of [
      ['before the beginning', 1n],
      ['past the end', 99n],
    ] as const) {
      it(`lets a consumer that asks ${where} begin anew, or wait for what comes, as it wants`, async () => {
        const topic = await topicWithoutBeginning();
        const [eager, calm] = [bench.unique('group'), bench.unique('group')];
        for (const groupId of [eager, calm]) await commit(groupId, topic, committed);
        const fromBeginning = await bench.consume(topic, { groupId: eager });
        await until('what is left is seen', () => fromBeginning.seen.length === 1);
        const fromEnd = await bench.consume(topic, { groupId: calm, fromBeginning: false });
        // The first time it is told that there is no such offset.
        await until('it has found the end', () => fromEnd.fetches() > 1);
        await bench.send(topic, [{ value: 'd' }]);
        await until('both have seen it', () =>
          [fromBeginning, fromEnd].every(({ seen }) => valuesOf(seen).includes('d')),
        );
        expect(valuesOf(fromBeginning.seen)).to.deep.equal(['c', 'd']);
        expect(valuesOf(fromEnd.seen)).to.deep.equal(['d']);
      });
    }

    it('tells a reader that its offset is out of range, on either side', async () => {
      const topic = await topicWithoutBeginning();
      const codes = [];
      for (const offset of [1n, 2n, 3n, 4n]) {
        const { errorCode } = await fetchOnce(bench.address, { topic, partition: 0, offset });
        codes.push(errorCode);
      }
      const { offsetOutOfRange, none } = ErrorCode;
      expect(codes).to.deep.equal([offsetOutOfRange, none, none, offsetOutOfRange]);
    });

    it('lets a consumer that seeks past the end begin anew', async () => {
      const topic = await bench.newTopic();
      await bench.send(topic, [{ value: 'a' }]);
      const { consumer, seen } = await bench.consume(topic);
      await until('it is seen', () => seen.length === 1);
      consumer.seek({ topic, partition: 0, offset: '99' });
      await until('it is seen again', () => seen.length === 2);
      expect(valuesOf(seen)).to.deep.equal(['a', 'a']);
    });

    it('gives nothing to a paused consumer until it resumes', async () => {
      const topic = await bench.newTopic();
      const { consumer, seen, assigned } = await bench.consume(topic);
      await until('it has joined', () => assigned().length === 1);
      consumer.pause([{ topic }]);
      await bench.send(topic, [{ value: 'while paused' }]);
      const other = await bench.consume(topic);
      await until('another consumer sees it', () => other.seen.length === 1);
      expect(seen).to.have.length(0);
      consumer.resume([{ topic }]);
      await until('it is seen', () => seen.length === 1);
    });
  });
}
