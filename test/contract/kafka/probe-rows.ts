import { expect } from 'chai';
import type { LogMessage } from '../../../src/model/index.js';
import { createKafkaProbe, type KafkaProbe } from '../../../src/stores/kafka-probe.js';
import { type KafkaBench, until } from './kafka-bench.js';

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
  });
}
