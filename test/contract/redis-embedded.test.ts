import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { PASSWORD } from './redis/bench.js';
import { redisBattery } from './redis-battery.js';

describe('the embedded Redis', () => {
  let server: EmbeddedServer;
  before(async () => {
    server = await startEmbeddedRedis();
  });
  after(() => server[Symbol.asyncDispose]());

  const startLocked = () => startEmbeddedRedis({ password: PASSWORD });
  redisBattery({ server: 'embedded', url: () => server.url, startLocked });
});
