import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { newKafka } from '../../src/stores/kafka-client.js';

interface Queue {
  throttledUntil: number;
  push(request: object): void;
  destroy(): void;
}

interface Queues {
  new (options: object): Queue;
  readonly prototype: { checkPendingRequests: (...args: unknown[]) => unknown };
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as Queues;

describe('kafkajs, as the probe uses it', () => {
  it('does nothing while nothing is asked', async () => {
    await using server = await startEmbeddedKafka();
    const admin = (await newKafka([server.url], 5_000)).admin();
    await admin.connect();
    await admin.listTopics();

    const { checkPendingRequests } = RequestQueue.prototype;
    let looks = 0;
    RequestQueue.prototype.checkPendingRequests = function (...args) {
      looks += 1;
      return checkPendingRequests.apply(this, args);
    };
    try {
      await delay(50);
      expect(looks).to.equal(0);
      await admin.listTopics();
      expect(looks).to.be.greaterThan(0);
    } finally {
      RequestQueue.prototype.checkPendingRequests = checkPendingRequests;
      await admin.disconnect();
    }
  });

  it('sends what had to wait while the broker asked for patience', async () => {
    await newKafka(['127.0.0.1:1'], 5_000);
    const logger = { debug: () => undefined, error: () => undefined };
    const queue = new RequestQueue({
      maxInFlightRequests: 1,
      requestTimeout: 5_000,
      enforceRequestTimeout: false,
      clientId: 'test',
      broker: 'none',
      logger,
      instrumentationEmitter: new EventEmitter(),
      isConnected: () => true,
    });
    queue.throttledUntil = Date.now() + 20;
    let wasHeld = true;
    await new Promise<void>((resolve) => {
      queue.push({
        entry: { correlationId: 1, apiName: 'x', apiKey: 1, apiVersion: 1, resolve, reject: resolve },
        expectResponse: false,
        sendRequest: () => {
          wasHeld = Date.now() >= queue.throttledUntil;
        },
      });
    });
    queue.destroy();
    expect(wasHeld).to.equal(true);
  });
});
