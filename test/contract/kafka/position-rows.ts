import { expect } from 'chai';
import { type KafkaBench, until, valuesOf } from './kafka-bench.js';

export function positionRows(bench: KafkaBench): void {
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

    it('lets a consumer that asks past the end begin anew', async () => {
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
