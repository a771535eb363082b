import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { failureOf, type KafkaBench, until, valuesOf } from './kafka-bench.js';

export function recordRows(bench: KafkaBench): void {
  describe('records', () => {
    it('gives back what was sent, with key, value and headers, in the order of each key', async () => {
      const topic = await bench.newTopic(3);
      const messages = Array.from({ length: 60 }, (_, i) => ({
        key: `key-${i % 6}`,
        value: `value-${i}`,
        headers: { index: `${i}`, many: ['a', 'b'] },
      }));
      await bench.send(topic, messages);
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 60);
      for (let key = 0; key < 6; key++) {
        const ofKey = seen.filter((one) => one.key === `key-${key}`);
        const expected = messages.filter((one) => one.key === `key-${key}`).map((one) => one.value);
        expect(valuesOf(ofKey)).to.deep.equal(expected);
        expect(new Set(ofKey.map(({ partition }) => partition)).size).to.equal(1);
      }
      const many = seen[0]?.headers?.['many'];
      expect(Array.isArray(many) && many.map(String)).to.deep.equal(['a', 'b']);
      expect(seen.every(({ headers, value }) => `value-${headers?.['index']}` === value)).to.equal(true);
    });

    it('numbers the records of a partition without gaps, from zero', async () => {
      const topic = await bench.newTopic();
      const [first] = await bench.send(topic, [{ value: 'a' }, { value: 'b' }]);
      const [second] = await bench.send(topic, [{ value: 'c' }]);
      expect([first?.baseOffset, second?.baseOffset]).to.deep.equal(['0', '2']);
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      expect(seen.map(({ offset }) => offset)).to.deep.equal(['0', '1', '2']);
    });

    it('keeps tombstones, empty values and absent keys apart', async () => {
      const topic = await bench.newTopic();
      await bench.send(topic, [{ key: 'k', value: null }, { key: '', value: '' }, { value: 'no key' }]);
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      expect(seen.map(({ key, value }) => [key, value])).to.deep.equal([
        ['k', null],
        ['', ''],
        [undefined, 'no key'],
      ]);
    });

    it('keeps gzipped batches', async () => {
      const topic = await bench.newTopic();
      const sent = Array.from({ length: 20 }, (_, i) => ({ value: `${i}`.repeat(500) }));
      await bench.send(topic, sent, { compression: kafkajs.CompressionTypes.GZIP });
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 20);
      expect(valuesOf(seen)).to.deep.equal(sent.map(({ value }) => value));
    });

    it('carries a message of 900 kB and refuses one that is larger than allowed', async () => {
      const topic = await bench.newTopic();
      const large = 'x'.repeat(900_000);
      await bench.send(topic, [{ value: large }]);
      const failure = await failureOf(bench.send(topic, [{ value: large + large }]));
      expect(failure.type).to.equal('MESSAGE_TOO_LARGE');
      const { seen } = await bench.consume(topic);
      await until('it is seen', () => seen.length === 1);
      expect(seen[0]?.value).to.equal(large);
    });

    it('takes messages without acknowledgement', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newProducer();
      await producer.send({ topic, acks: 0, messages: [{ value: 'unheard' }] });
      const { seen } = await bench.consume(topic);
      await until('it is seen', () => seen.length === 1);
      expect(valuesOf(seen)).to.deep.equal(['unheard']);
    });

    it('takes the batches of an idempotent producer, in order', async () => {
      const topic = await bench.newTopic();
      const producer = await bench.newProducer({ idempotent: true, maxInFlightRequests: 1 });
      for (const value of ['a', 'b', 'c']) await producer.send({ topic, messages: [{ value }] });
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      expect(valuesOf(seen)).to.deep.equal(['a', 'b', 'c']);
    });

    it('wakes a waiting consumer when a record comes', async () => {
      const topic = await bench.newTopic();
      const { seen, assigned } = await bench.consume(topic);
      await until('it has joined', () => assigned().length === 1);
      await bench.send(topic, [{ value: 'late' }]);
      await until('it is seen', () => seen.length === 1);
    });
  });
}
