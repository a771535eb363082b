import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { runProgram } from '../helpers/child-program.js';

const COUNTS_LOOKS = `
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
const { prototype } = RequestQueue;
const { checkPendingRequests } = prototype;
let looks = 0;
prototype.checkPendingRequests = function (...args) {
  looks += 1;
  return checkPendingRequests.apply(this, args);
};
const looksDuring = async (work) => {
  const before = looks;
  await work();
  return looks - before;
};

// One request under way at a time: the others wait, and are looked after.
const kafka = new Kafka({ brokers: [process.env.KAFKA_URL.replace('kafka://', '')], maxInFlightRequests: 1, logLevel: logLevel.ERROR });
const admin = kafka.admin();
await admin.connect();
await admin.listTopics();
const idle = await looksDuring(() => delay(50));
const answered = await Promise.all(Array.from({ length: 5 }, () => admin.listTopics()));
await admin.disconnect();

// Nothing is under way that would be answered: what the broker's patience holds back leaves by a look, or never.
const logger = { debug: () => undefined, error: () => undefined };
const settings = { maxInFlightRequests: 1, requestTimeout: 5_000, enforceRequestTimeout: false, instrumentationEmitter: new EventEmitter() };
const queue = new RequestQueue({ ...settings, clientId: 'test', broker: 'none', logger, isConnected: () => true });
queue.throttledUntil = Date.now() + 20;
let wasHeld = false;
await new Promise((resolve) => {
  const entry = { correlationId: 1, resolve: () => undefined, reject: () => undefined };
  queue.push({ entry, expectResponse: false, sendRequest: resolve });
  wasHeld = queue.pending.length === 1;
});
queue.destroy();
console.log(JSON.stringify({ idle, answered: answered.length, wasHeld }));
`;

describe('kafkajs under tracing', () => {
  it('looks for requests that wait only where one does', async () => {
    await using broker = await startEmbeddedKafka();
    const environment = { KAFKA_URL: broker.url, OTEL_TRACES_SAMPLER: 'always_off' };
    const nodeArguments = ['--import', '@tracecourt/instrumentation/register'];
    await using program = await runProgram({ source: COUNTS_LOOKS, nodeArguments, environment });
    const { code, stdout, stderr } = await program.end();
    expect({ code, stderr, stdout: stdout.trim() }).to.deep.equal({
      code: 0,
      stderr: '',
      stdout: JSON.stringify({ idle: 0, answered: 5, wasHeld: true }),
    });
  });
});
