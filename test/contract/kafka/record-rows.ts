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

    it('gives back headers of several values, of bytes that are no text, and empty ones', async () => {
      const topic = await bench.newTopic();
      const bytes = Buffer.from([0xff, 0x00, 0xfe]);
      await bench.send(topic, [{ value: 'v', headers: { many: ['a', 'b', '', 'a'], bytes, empty: '' } }]);
      const { seen } = await bench.consume(topic);
      await until('it is seen', () => seen.length === 1);
      const many = ['a', 'b', '', 'a'].map((text) => Buffer.from(text));
      expect(seen[0]?.headers).to.deep.equal({ many, bytes, empty: Buffer.alloc(0) });
    });

    it('keeps the time that a message was given, and gives it that of its sending otherwise', async () => {
      const topic = await bench.newTopic();
      const before = Date.now();
      await bench.send(topic, [{ value: 'then', timestamp: '1700000000123' }]);
      await bench.send(topic, [{ value: 'at once' }]);
      const { seen } = await bench.consume(topic);
      await until('both are seen', () => seen.length === 2);
      expect(seen[0]?.timestamp).to.equal('1700000000123');
      expect(Number(seen[1]?.timestamp)).to.be.within(before, Date.now());
    });

    it('keeps each key on the partition that clients of every language compute for it', async () => {
      const topic = await bench.newTopic(7);
      const hashes = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 };
      await bench.send(
        topic,
        Object.keys(hashes).map((key) => ({ key, value: key })),
      );
      const { seen } = await bench.consume(topic);
      await until('all are seen', () => seen.length === 3);
      const expected = Object.entries(hashes).map(([key, hash]) => [key, (hash & 0x7fffffff) % 7]);
      expect(seen.map(({ key, partition }) => [key, partition])).to.have.deep.members(expected);
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

    it('holds a topic to the size of messages that it was made for', async () => {
      const topic = await bench.newTopic(1, { configEntries: [{ name: 'max.message.bytes', value: '2000' }] });
      await bench.send(topic, [{ value: 'x'.repeat(1_800) }]);
      const failure = await failureOf(bench.send(topic, [{ value: 'x'.repeat(2_000) }]));
      expect(failure.type).to.equal('MESSAGE_TOO_LARGE');
      const compression = kafkajs.CompressionTypes.GZIP;
      const [packed] = await bench.send(topic, [{ value: 'x'.repeat(2_000) }], { compression });
      expect(packed?.baseOffset, 'what counts is what is sent').to.equal('1');
    });

    it('gives a consumer more than it asked for rather than keep it from a large message', async () => {
      const topic = await bench.newTopic();
      const sent = ['small', 'x'.repeat(50_000), 'small too'];
      for (const value of sent) await bench.send(topic, [{ value }]);
      const { seen } = await bench.consume(topic, { settings: { maxBytes: 500, maxBytesPerPartition: 500 } });
      await until('all are seen', () => seen.length === 3);
      expect(valuesOf(seen)).to.deep.equal(sent);
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
