import { connect } from 'node:net';
import { expect } from 'chai';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.js';
import { failureOf, type KafkaBench, until, valuesOf } from './kafka-bench.js';

interface Breakable {
  readonly proxy: TcpProxy;
  readonly kafka: Kafka;
}

export function connectionRows(bench: KafkaBench): void {
  /** A client all of whose connections go through a proxy, whatever address the broker gives for itself. */
  async function newBreakable(settings: Partial<KafkaConfig> = {}): Promise<Breakable> {
    const [host = '', port] = bench.address.split(':');
    const proxy = await startTcpProxy({ host, port: Number(port) });
    bench.atEnd(() => proxy[Symbol.asyncDispose]());
    const kafka = bench.client({
      socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port: proxy.port }, onConnect),
      ...settings,
    });
    return { proxy, kafka };
  }

  async function endOf(topic: string): Promise<number> {
    const [offsets] = await bench.admin.fetchTopicOffsets(topic);
    return Number(offsets?.high);
  }

  describe('broken connections', () => {
    it('double what a plain producer sends again because the answer was lost', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      const producer = await bench.newProducer({}, kafka);
      await producer.send({ topic, messages: [{ value: 'heard' }] });
      proxy.cutAfter(0);
      await producer.send({ topic, messages: [{ value: 'unheard' }] });
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      expect(valuesOf(seen)).to.deep.equal(['heard', 'unheard', 'unheard']);
    });

    it('double nothing of an idempotent producer', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      const producer = await bench.newProducer({ idempotent: true, maxInFlightRequests: 1 }, kafka);
      await producer.send({ topic, messages: [{ value: 'heard' }] });
      proxy.cutAfter(0);
      const [unheard] = await producer.send({ topic, messages: [{ value: 'unheard' }] });
      expect(unheard?.baseOffset, 'the offset that it had the first time').to.equal('1');
      await producer.send({ topic, messages: [{ value: 'heard again' }] });
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      expect(valuesOf(seen)).to.deep.equal(['heard', 'unheard', 'heard again']);
    });

    it('do not end a transaction', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      const producer = await bench.newTransactional(undefined, {}, kafka);
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'before' }] });
      proxy.cut();
      await transaction.send({ topic, messages: [{ value: 'after' }] });
      await transaction.commit();
      const { seen } = await bench.consume(topic);
      await until('both are seen', () => seen.length === 2);
      expect(valuesOf(seen)).to.deep.equal(['before', 'after']);
    });

    it('may hide from a producer that its transaction is committed', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      const producer = await bench.newTransactional(undefined, {}, kafka);
      const heard = await producer.transaction();
      await heard.send({ topic, messages: [{ value: 'heard' }] });
      const before = proxy.answeredBytes;
      await heard.commit();
      const answers = proxy.answeredBytes - before;
      const unheard = await producer.transaction();
      await unheard.send({ topic, messages: [{ value: 'unheard' }] });
      proxy.cutAfter(answers - 1);
      const failure = await failureOf(unheard.commit());
      expect(failure.name).to.equal('KafkaJSConnectionClosedError');
      const { seen } = await bench.consume(topic);
      await until('both are seen', () => seen.length === 2);
      expect(valuesOf(seen)).to.deep.equal(['heard', 'unheard']);
    });

    it('do not keep a consumer from going on where it was', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      await bench.send(topic, [{ value: 'a' }, { value: 'b' }]);
      const { seen } = await bench.consume(topic, { kafka });
      await until('what was there is seen', () => seen.length === 2);
      proxy.cut();
      await bench.send(topic, [{ value: 'c' }]);
      await until('what comes is seen', () => seen.length >= 3);
      expect(valuesOf(seen)).to.deep.equal(['a', 'b', 'c']);
    });

    it('give a message whole whose way was cut in the middle', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable();
      const { seen, fetches } = await bench.consume(topic, { kafka });
      await until('it reads', () => fetches() > 0);
      const large = 'x'.repeat(300_000);
      proxy.cutAfter(100_000);
      await bench.send(topic, [{ value: large }]);
      await until('it is seen', () => seen.length === 1);
      expect(seen[0]?.value === large).to.equal(true);
    });

    it('that are silent are given up when the time for an answer is over', async () => {
      const topic = await bench.newTopic();
      const { proxy, kafka } = await newBreakable({ requestTimeout: 3_000, retry: { retries: 0 } });
      const producer = await bench.newProducer({}, kafka);
      await producer.send({ topic, messages: [{ value: 'heard' }] });
      proxy.hold();
      const failure = await failureOf(producer.send({ topic, messages: [{ value: 'held' }] }));
      expect(failure.message).to.match(/Request Produce.*timed out/);
      expect(await endOf(topic)).to.equal(1);
    });

    it('that are silent cost a consumer its partitions, and nothing is lost', async () => {
      const topic = await bench.newTopic(2);
      const groupId = bench.unique('group');
      const { proxy, kafka } = await newBreakable();
      const cutOff = await bench.consume(topic, { groupId, kafka });
      const other = await bench.consume(topic, { groupId });
      await until('each has one', () => cutOff.assigned().length === 1 && other.assigned().length === 1);
      proxy.hold();
      const sent = ['0', '1'];
      await bench.send(
        topic,
        sent.map((value, partition) => ({ partition, value })),
      );
      await until('the other has handled all', () => other.seen.length === 2);
      expect(other.assigned()).to.have.members([0, 1]);
      expect(cutOff.seen).to.have.length(0);
      proxy.release();
      await until('each has one again', () => cutOff.assigned().length === 1 && other.assigned().length === 1);
      // What was on its way when the silence began may be handled twice, but moves no offset.
      const [offsets] = await bench.admin.fetchOffsets({ groupId, topics: [topic] });
      expect(offsets?.partitions.map(({ offset }) => offset)).to.deep.equal(['1', '1']);
    });
  });
}
