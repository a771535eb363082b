import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { kafkaBattery } from './kafka-battery.js';

describe('the embedded Kafka broker', () => {
  let server: EmbeddedServer;

  before(async () => {
    server = await startEmbeddedKafka();
  });

  after(() => server[Symbol.asyncDispose]());

  kafkaBattery({ server: 'embedded', brokers: () => [server.url] });
});
