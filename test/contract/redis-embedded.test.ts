import { Redis } from 'ioredis';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { redisBattery } from './redis-battery.js';

describe('Embedded Redis', () => {
  let server: EmbeddedServer;
  before(async () => {
    server = await startEmbeddedRedis();
  });
  after(() => server[Symbol.asyncDispose]());

  redisBattery({ server: 'embedded', connect: (options) => new Redis(server.url, options) });
});
