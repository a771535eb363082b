import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import { newKafka } from '../../src/stores/kafka-client.js';
import { stoppableKafkajs } from '../../src/stores/stoppable-kafkajs.js';
import { startKafkaNodes } from '../helpers/kafka-nodes.js';

describe('a consumer of kafkajs, as the probe uses it', () => {
  it('fetches no more when it is stopped, and does as ever before', async () => {
    const asked: number[] = [];
    class Runner {
      running = true;
      async fetch(nodeId: number): Promise<string> {
        asked.push(nodeId);
        return 'batches';
      }
    }
    stoppableKafkajs(Runner);
    stoppableKafkajs(Runner);
    const runner = new Runner();
    expect(await runner.fetch(1)).to.equal('batches');
    runner.running = false;
    const error = await runner.fetch(2).catch((thrown) => thrown);
    expect(error).to.be.an('error').with.property('message', 'The consumer is stopped.');
    expect(asked).to.deep.equal([1]);
  });

  it('stops when its connections break just then', async () => {
    await using server = await startEmbeddedKafka();
    await using nodes = await startKafkaNodes(server.url);
    const kafka = await newKafka([nodes.address], 5_000);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'one' }] });
    await admin.disconnect();
    const consumer = kafka.consumer({ groupId: 'group', maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: 'one' });
    await consumer.run({ eachMessage: async () => undefined });
    await pollUntil(async () => nodes.calls.includes('1 fetch') || undefined, { timeoutMs: 30_000, everyMs: 5 });
    nodes.cut();
    // The client has heard of it, and has not yet dealt with it.
    await delay(0);
    await consumer.disconnect();
  });

  it('is left as it is where it is another', () => {
    const other = class {};
    stoppableKafkajs(other as never);
    expect(Object.getOwnPropertyNames(other.prototype)).to.deep.equal(['constructor']);
  });
});
