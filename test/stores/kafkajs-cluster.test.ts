import { createRequire } from 'node:module';
import { expect } from 'chai';
import kafkajs, { type Kafka } from 'kafkajs';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { TracecourtError } from '../../src/errors.js';
import { KafkajsCluster } from '../../src/stores/kafkajs-cluster.js';

const Broker = createRequire(import.meta.url)('kafkajs/src/broker') as { prototype: { listOffsets: unknown } };

describe('the cluster of kafkajs', () => {
  const kafka = new kafkajs.Kafka({ brokers: ['127.0.0.1:1'], logLevel: kafkajs.logLevel.NOTHING });

  function refusalOf(work: () => unknown): string {
    try {
      work();
    } catch (error) {
      if (error instanceof TracecourtError) return `${error.code}: ${error.message} ${error.nextStep}`;
      throw error;
    }
    return 'none';
  }

  const refused =
    'package-missing: Reading Kafka needs kafkajs 2.2.4; the one installed is built otherwise. Run: npm install kafkajs@2.2.4';

  it('is asked for only of a kafkajs that gives it away', () => {
    expect(refusalOf(() => new KafkajsCluster(kafka))).to.equal('none');
    const other = { consumer: () => undefined } as unknown as Kafka;
    expect(refusalOf(() => new KafkajsCluster(other))).to.equal(refused);
  });

  it('is asked for only of a kafkajs whose errors are where they are looked for', () => {
    expect(refusalOf(() => new KafkajsCluster(kafka, 'elsewhere' as never))).to.equal(refused);
  });

  it('says so when its brokers cannot be asked for offsets', async () => {
    await using server = await startEmbeddedKafka();
    const own = new kafkajs.Kafka({ brokers: [server.url], logLevel: kafkajs.logLevel.NOTHING });
    const cluster = new KafkajsCluster(own);
    await cluster.connect();
    await cluster.topics();
    const { listOffsets } = Broker.prototype;
    try {
      Broker.prototype.listOffsets = undefined;
      const error = await cluster.offsetsAt(1, 'next', [{ topic: 'a', partition: 0 }]).catch((thrown) => thrown);
      expect(`${error.code}: ${error.message} ${error.nextStep}`).to.equal(refused);
    } finally {
      Broker.prototype.listOffsets = listOffsets;
      await cluster.disconnect();
    }
  });
});
