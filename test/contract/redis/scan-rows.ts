import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { Bench } from './bench.js';
import { repliesTo, WRONG_TYPE } from './row.js';

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

export function scanRows({ client, keyPrefix, protocol }: Bench): void {
  it('finds every key that stays during a scan exactly once', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const wanted = names(key, 57);
    await setAll(redis, wanted);
    await redis.rpush(`${key}list`, 'a');
    const found: string[] = [];
    for await (const page of redis.scanStream({ match: `${key}*`, count: 7, type: 'string' })) found.push(...page);
    expect([...new Set(found)].sort()).to.deep.equal([...wanted].sort());
  });

  it('finds every key that stays, whatever others add, delete and rewrite meanwhile', async () => {
    const [redis, other] = [client({ protocol }), client({ protocol })];
    const key = keyPrefix();
    const [staying, leaving] = [names(`${key}stay`, 100), names(`${key}leave`, 100)];
    await setAll(redis, [...staying, ...leaving]);
    const found = new Set<string>();
    let round = 0;
    for await (const page of redis.scanStream({ match: `${key}*`, count: 20 })) {
      for (const name of page) found.add(name);
      round++;
      // Not for ever: a server is free to return what is new as well, and may hold many keys of others.
      if (round > 8) continue;
      await setAll(other, names(`${key}new${round}-`, 50));
      await other.del(...leaving.slice(10 * round, 10 * round + 10));
      await other.set(`${key}stay${round}`, 'w', 'EX', 1000);
    }
    expect(staying.filter((name) => !found.has(name))).to.deep.equal([]);
    expect([...found].filter((name) => !/(stay|leave|new\d+-)\d+$/.test(name))).to.deep.equal([]);
  });

  it('returns no key that is gone or has ended', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await setAll(redis, names(key, 10));
    await redis.del(`${key}3`);
    await redis.pexpire(`${key}4`, 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const found = await all(redis, ['MATCH', `${key}*`]);
    expect(found.sort()).to.deep.equal(names(key, 10).filter((name) => !/[34]$/.test(name)));
  });

  it('asks less often when more are wanted at once, and is not over at an empty page', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await setAll(redis, names(key, 300));
    const rare = ['MATCH', `${key}7`];
    const many = await pages(redis, [...rare, 'COUNT', '10']);
    const few = await pages(redis, [...rare, 'COUNT', '1000']);
    expect(once(many.flat())).to.deep.equal([`${key}7`]);
    expect(once(few.flat())).to.deep.equal([`${key}7`]);
    expect(few.length).to.be.lessThan(many.length);
    expect(many.slice(0, -1).some((page) => page.length === 0)).to.equal(true);
  });

  it('finds keys of one type', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.multi().set(`${key}string`, 'v').hset(`${key}hash`, 'a', 1).rpush(`${key}list`, 1).exec();
    await redis.multi().sadd(`${key}set`, 1).zadd(`${key}zset`, 1, 'a').exec();
    for (const type of ['string', 'hash', 'list', 'set', 'zset']) {
      expect(await all(redis, ['MATCH', `${key}*`, 'TYPE', type]), type).to.deep.equal([`${key}${type}`]);
    }
    expect(await all(redis, ['MATCH', `${key}*`, 'TYPE', 'none'])).to.deep.equal([]);
  });

  it('scans large hashes, sets and sorted sets to their end', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const fields = names('field', 600);
    await redis.hset(`${key}h`, Object.fromEntries(fields.map((field, n) => [field, n])));
    await redis.sadd(`${key}s`, ...fields);
    await redis.zadd(`${key}z`, ...fields.flatMap((field, n) => [n + 0.5, field]));
    const pairs = fields.map((field, n) => `${field}=${n}`);
    expect(await allPairs(redis, ['hscan', `${key}h`])).to.have.members(pairs);
    expect(await all(redis, [], ['sscan', `${key}s`])).to.have.members(fields);
    expect(await allPairs(redis, ['zscan', `${key}z`])).to.have.members(pairs.map((pair) => `${pair}.5`));
    expect(await all(redis, ['MATCH', '*99'], ['sscan', `${key}s`])).to.have.members(
      fields.filter((field) => field.endsWith('99')),
    );
  });

  it('refuses to scan within another type, and finds nothing where nothing is', async () => {
    const calls = [
      ['set', 'k1', 'v'],
      ['hscan', 'k1', 0],
      ['sscan', 'k1', 0],
      ['zscan', 'k1', 0],
      ['hscan', 'k2', 0],
      ['hscan', 'k2', 'x'],
      ['sscan', 'k2', 0, 'TYPE', 'set'],
    ] as const;
    expect(await repliesTo(client({ protocol }), calls, keyPrefix())).to.deep.equal([
      'OK',
      WRONG_TYPE,
      WRONG_TYPE,
      WRONG_TYPE,
      ['0', []],
      'Error: ERR invalid cursor',
      ['0', []],
    ]);
  });

  it('matches key patterns', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await setAll(
      redis,
      ['abc', 'abd', 'a*c', 'xyz'].map((name) => `${key}${name}`),
    );
    const matching = async (pattern: string) =>
      (await redis.keys(`${key}${pattern}`)).map((name) => name.slice(key.length)).sort();
    expect(await matching('ab?')).to.deep.equal(['abc', 'abd']);
    expect(await matching('a[a-c]c')).to.deep.equal(['abc']);
    expect(await matching('a[^b]c')).to.deep.equal(['a*c']);
    expect(await matching('a\\*c')).to.deep.equal(['a*c']);
    expect(await matching('*')).to.deep.equal(['a*c', 'abc', 'abd', 'xyz']);
  });
}

function setAll(redis: Redis, keys: readonly string[]): Promise<unknown> {
  return redis.mset(Object.fromEntries(keys.map((name) => [name, 'v'])));
}

/** Every page of a scan, until its cursor is 0 again. */
async function pages(redis: Redis, options: readonly string[], [command, ...key]: readonly string[] = ['scan']) {
  const seen: string[][] = [];
  let cursor = '0';
  do {
    const [next, page] = (await redis.call(command ?? '', ...key, cursor, ...options)) as [string, string[]];
    seen.push(page);
    cursor = next;
  } while (cursor !== '0');
  return seen;
}

/** What a scan found. A server may return one thing twice while its table grows or shrinks. */
async function all(redis: Redis, options: readonly string[], command?: readonly string[]): Promise<string[]> {
  return once((await pages(redis, options, command)).flat());
}

/** The same of a scan that gives a value with each name. */
async function allPairs(redis: Redis, command: readonly string[]): Promise<string[]> {
  const items = (await pages(redis, [], command)).flat();
  return once(items.flatMap((item, index) => (index % 2 === 0 ? [`${item}=${items[index + 1]}`] : [])));
}

function once(items: readonly string[]): string[] {
  return [...new Set(items)];
}
