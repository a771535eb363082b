import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import type { StoreObservation } from '../../src/model/index.js';
import { createRedisProbe } from '../../src/stores/redis-probe.js';

const clock = { now: () => 42n };

async function observe(url: string, key: string): Promise<StoreObservation> {
  const probe = createRedisProbe({ url, clock });
  try {
    return await probe.observe({ effect: 'cache-write', query: { store: 'redis', key } });
  } finally {
    await probe[Symbol.asyncDispose]();
  }
}

describe('Redis probe', () => {
  let server: EmbeddedServer;
  let writer: Redis;
  before(async () => {
    server = await startEmbeddedRedis({ clock });
    writer = new Redis(server.url);
  });
  after(async () => {
    writer.disconnect();
    await server[Symbol.asyncDispose]();
  });

  const entry = async (key: string) => {
    const seen = await observe(server.url, key);
    return seen.status === 'read' ? seen.records[0] : seen;
  };

  it('reads each type as one entry with its time to live', async () => {
    await writer.set('text', 'v', 'PX', 500);
    await writer.hset('hash', 'a', '1', '__proto__', '2');
    await writer.rpush('list', 'b', 'a');
    await writer.sadd('set', 'b', 'a');
    await writer.zadd('zset', 1.5, 'a', '+inf', 'b');
    await writer.set('bytes', Buffer.from([255, 0]));
    expect(await entry('text')).to.deep.equal({ store: 'redis', key: 'text', type: 'string', value: 'v', ttlMs: 500 });
    expect(await entry('hash'))
      .to.have.property('value')
      .that.has.own.property('__proto__', '2');
    expect(await entry('list')).to.deep.include({ type: 'list', value: ['b', 'a'], ttlMs: -1 });
    expect(await entry('set')).to.deep.include({ type: 'set', value: ['a', 'b'] });
    const scored = [
      { member: 'a', score: 1.5 },
      { member: 'b', score: 'inf' },
    ];
    expect(await entry('zset')).to.deep.include({ type: 'zset', value: scored });
    expect(await entry('bytes')).to.deep.include({ value: { base64: '/wA=' } });
  });

  it('gives no records for a key that is not there, and says who answered and when', async () => {
    expect(await observe(server.url, 'absent')).to.deep.equal({
      status: 'read',
      effect: 'cache-write',
      query: { store: 'redis', key: 'absent' },
      server: { store: 'redis', address: `127.0.0.1:${server.port}`, product: 'embedded', version: '7.0.15' },
      records: [],
      observedAtUnixNano: 42n,
    });
  });

  it('refuses to conclude from a value that is too big to read', async () => {
    await writer.set('big', 'x'.repeat(5 * 1024 * 1024));
    expect(await entry('big'))
      .to.include({ status: 'unreachable' })
      .and.have.property('reason')
      .that.includes('bytes');
  });
});
