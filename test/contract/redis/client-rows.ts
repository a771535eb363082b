import { once } from 'node:events';
import { expect } from 'chai';
import { Cluster } from 'ioredis';
import type { Bench } from './bench.js';

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export function clientRows({ client, keyPrefix, protocol, url }: Bench): void {
  it('gives hashes as objects and scores as numbers or their text', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.hset(`${key}h`, { a: '1', b: '2' });
    expect({ ...(await redis.hgetall(`${key}h`)) }).to.deep.equal({ a: '1', b: '2' });
    expect({ ...(await redis.hgetall(`${key}none`)) }).to.deep.equal({});
    await redis.zadd(`${key}z`, '0.1', 'a', '1e20', 'b', '+inf', 'c');
    const scored = (await redis.call('zrange', `${key}z`, 0, -1, 'WITHSCORES')) as readonly unknown[];
    expect(scored.flat().map(String)).to.deep.equal([
      'a',
      (await redis.zscore(`${key}z`, 'a')) ?? '',
      'b',
      String(await redis.zscore(`${key}z`, 'b')),
      'c',
      String(await redis.zscore(`${key}z`, 'c')),
    ]);
    expect(Number(await redis.zscore(`${key}z`, 'a'))).to.equal(0.1);
  });

  it('keeps every byte', async () => {
    const redis = client({ protocol });
    const key = Buffer.concat([Buffer.from(keyPrefix()), Buffer.from([0, 255, 13, 10])]);
    await redis.set(key, EVERY_BYTE);
    expect(await redis.getBuffer(key)).to.deep.equal(EVERY_BYTE);
    expect(await redis.strlen(key)).to.equal(256);
    expect(await redis.del(key)).to.equal(1);
  });

  it('keeps every byte of fields and members too, and tells those apart that differ in one', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const twins = [Buffer.from([0xc3, 0xa4, 0]), Buffer.from([0xc3, 0xa4, 1]), Buffer.from([0xc3, 0xa4])];
    for (const twin of twins) await redis.hset(`${key}h`, twin, Buffer.concat([twin, EVERY_BYTE]));
    expect(await redis.hkeysBuffer(`${key}h`)).to.have.deep.members(twins);
    for (const twin of twins) {
      expect(await redis.hgetBuffer(`${key}h`, twin)).to.deep.equal(Buffer.concat([twin, EVERY_BYTE]));
    }
    expect(await redis.sadd(`${key}s`, ...twins, ...twins)).to.equal(3);
    expect(await redis.smembersBuffer(`${key}s`)).to.have.deep.members(twins);
    expect(await redis.rpush(`${key}l`, ...twins)).to.equal(3);
    expect(await redis.lrangeBuffer(`${key}l`, 0, -1)).to.deep.equal(twins);
  });

  it('takes an empty value, an empty field, and a blank or a line break in a key', async () => {
    const redis = client({ protocol });
    const key = `${keyPrefix()}a b\r\n"c'*?[`;
    await redis.set(key, '');
    expect([await redis.get(key), await redis.strlen(key), await redis.exists(key)]).to.deep.equal(['', 0, 1]);
    await redis.hset(`${key}h`, '', '');
    expect(await redis.hget(`${key}h`, '')).to.equal('');
  });

  it('keeps a value of eight megabytes', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const value = Buffer.alloc(8 << 20, EVERY_BYTE);
    await redis.set(key, value);
    expect((await redis.getBuffer(key))?.equals(value)).to.equal(true);
    expect(await redis.append(key, 'end')).to.equal(value.length + 3);
  });

  it('keeps databases apart', async () => {
    const key = keyPrefix();
    await client({ protocol, db: 3 }).set(key, 'three');
    expect(await client({ protocol, db: 0 }).get(key)).to.equal(null);
    expect(await client({ protocol, db: 3 }).getdel(key)).to.equal('three');
  });

  it('tells its version and its role', async () => {
    const info = await client({ protocol }).info();
    expect(info).to.match(/^redis_version:\d+\.\d+\.\d+\r$/m);
    expect(info).to.match(/^role:master\r$/m);
  });

  it('tells a client of a cluster that it belongs to none', async () => {
    const { hostname, port, password } = new URL(url());
    const cluster = new Cluster([{ host: hostname, port: Number(port) }], {
      lazyConnect: true,
      clusterRetryStrategy: () => null,
      redisOptions: { protocol, password: decodeURIComponent(password) },
    });
    const told = once(cluster, 'node error');
    await cluster.connect().catch(() => undefined);
    const [failure] = await told;
    cluster.disconnect();
    expect(String(failure)).to.include('This instance has cluster support disabled');
  });

  it('ends the connection after QUIT', async () => {
    const redis = client({ protocol, retryStrategy: () => null });
    await redis.ping();
    const ended = once(redis, 'end');
    expect(await redis.quit()).to.equal('OK');
    await ended;
  });
}
