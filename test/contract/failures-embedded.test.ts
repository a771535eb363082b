import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { type Asked, failureBattery } from './failure-battery.js';

const PASSWORD = 'right';

describe('Failures of the embedded servers', () => {
  const servers = new Map<Asked, EmbeddedServer>();
  before(async () => {
    servers.set('neo4j', await startEmbeddedNeo4j({ password: PASSWORD }));
    servers.set('redis', await startEmbeddedRedis());
    servers.set('kafka', await startEmbeddedKafka());
  });
  after(async () => {
    for (const server of servers.values()) await server[Symbol.asyncDispose]();
  });
  failureBattery({
    name: 'embedded',
    product: () => 'embedded',
    version: (store) => (store === 'kafka' ? /^unknown$/ : /^\d+\./),
    at: (store) => `127.0.0.1:${servers.get(store)?.port}`,
    user: 'neo4j',
    password: () => PASSWORD,
  });
});
