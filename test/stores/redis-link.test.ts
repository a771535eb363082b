import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { RedisLink } from '../../src/stores/redis-link.js';
import { redisPlace } from '../../src/stores/redis-place.js';
import { StoreFailed } from '../../src/stores/store-failed.js';

/** Takes passwords when whoever sent one is gone, and turns everybody else away for want of one. */
function slowToGreet(): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    let hasAsked = false;
    socket.on('error', () => undefined);
    socket.on('data', (words) => {
      hasAsked ||= words.toString().toLowerCase().includes('auth');
      if (!hasAsked) socket.write('-NOAUTH Authentication required.\r\n');
    });
    socket.on('end', () => socket.end(hasAsked ? '+OK\r\n' : ''));
  });
}

describe('a link to Redis', () => {
  it('is given up without a word when the server lets the client in after that', async () => {
    const server = slowToGreet().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.prependListener('unhandledRejection', note);
    try {
      const link = new RedisLink({ place: redisPlace(`redis://:secret@127.0.0.1:${port}`), timeoutMs: 300 });
      const failure = await link.use((redis) => redis.ping()).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(StoreFailed);
      await link.close();
      await nextTurn();
      expect(unhandled).to.deep.equal([]);
    } finally {
      process.removeListener('unhandledRejection', note);
      server.close();
    }
  });

  it('is given up once by many whose time is up, without a warning of Node', async () => {
    await using server = await startEmbeddedRedis();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    try {
      const link = new RedisLink({ place: redisPlace(server.url), timeoutMs: 300 });
      const uses = Array.from({ length: 20 }, () => link.use(() => new Promise<never>(() => undefined)));
      const ends = await Promise.allSettled(uses);
      expect(ends.map(({ status }) => status)).to.deep.equal(Array(20).fill('rejected'));
      await link.close();
      await nextTurn();
      expect(warnings).to.deep.equal([]);
    } finally {
      process.off('warning', note);
    }
  });
});
