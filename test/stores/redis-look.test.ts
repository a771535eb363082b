import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { lookAtKey } from '../../src/stores/redis-look.js';

/** Passes on what it gets, and counts the pieces that clients sent. */
async function startRelay(port: number) {
  let pieces = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => undefined).on('data', () => pieces++);
    upstream.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return { url: `redis://127.0.0.1:${own}`, pieces: () => pieces, close: () => server.close() };
}

describe('a look at a key of Redis', () => {
  it('is one round trip for all keys that are looked at at once', async () => {
    await using server = await startEmbeddedRedis();
    const relay = await startRelay(server.port);
    const redis = new Redis(relay.url, { protocol: 2 });
    try {
      await redis.set('a', '1', 'PX', 60_000);
      await redis.hset('b', 'f', '2');
      const before = relay.pieces();
      const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((key) => lookAtKey(redis, key)));
      expect(relay.pieces() - before).to.equal(1);
      expect(a).to.deep.include({ type: 'string', string: { length: 1, bytes: Buffer.from('1') } });
      expect(a?.ttlMs).to.be.within(1, 60_000);
      expect(b).to.deep.equal({ type: 'hash', ttlMs: -1, string: undefined });
      expect(c).to.deep.equal({ type: 'none', ttlMs: -2, string: undefined });
    } finally {
      redis.disconnect();
      relay.close();
    }
  });

  it('fails for the key that may not be read, with the reason, and for no other', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.write(ONE_REFUSED))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const redis = new Redis({ port, protocol: 2, enableReadyCheck: false, disableClientInfo: true, lazyConnect: true });
    try {
      await redis.connect();
      const looks = await Promise.allSettled([lookAtKey(redis, 'mine'), lookAtKey(redis, 'theirs')]);
      expect(looks[0]).to.deep.include({ status: 'fulfilled' });
      expect(looks[1]).to.have.nested.property('reason.message', 'NOPERM not yours');
    } finally {
      redis.disconnect();
      server.close();
    }
  });
});

const QUEUED = '+QUEUED\r\n';
/** What Redis says to a user who may read the first key only. */
const ONE_REFUSED = [
  `+OK\r\n${QUEUED.repeat(4)}*4\r\n+string\r\n:-1\r\n:1\r\n$1\r\nv\r\n`,
  `+OK\r\n${'-NOPERM not yours\r\n'.repeat(4)}-EXECABORT Transaction discarded because of previous errors.\r\n`,
].join('');
