import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { Bench } from './bench.js';
import { encodeCommand } from './raw-redis.js';
import { type Row, repliesTo, tableRows, WRONG_TYPE } from './row.js';

const POPS: readonly Row[] = [
  {
    says: 'pops at once from the first list that has something',
    calls: [
      ['rpush', 'k2', 'a', 'b', 'c'],
      ['blpop', 'k1', 'k2', 0],
      ['brpop', 'k2', 'k1', 0],
      ['blpop', 'k2', 0],
      ['exists', 'k2'],
    ],
    replies: [3, ['k2', 'a'], ['k2', 'c'], ['k2', 'b'], 0],
  },
  {
    says: 'refuses to wait for another type, or for a time that is none',
    calls: [
      ['set', 'k1', 'v'],
      ['blpop', 'k2', 'k1', 0],
      ['blpop', 'k2', 'soon'],
      ['blpop', 'k2', -1],
      ['blpop', 'k2'],
    ],
    replies: [
      'OK',
      WRONG_TYPE,
      'Error: ERR timeout is not a float or out of range',
      'Error: ERR timeout is negative',
      "Error: ERR wrong number of arguments for 'blpop' command",
    ],
  },
  {
    says: 'waits for nothing within a transaction',
    calls: [['multi'], ['blpop', 'k1', 0], ['rpush', 'k1', 'a'], ['brpop', 'k1', 0], ['exec']],
    replies: ['OK', 'QUEUED', 'QUEUED', 'QUEUED', [null, 1, ['k1', 'a']]],
  },
];

export function waitingRows(bench: Bench): void {
  const { client, raw, keyPrefix, protocol } = bench;
  tableRows(bench, POPS);

  it('gives nil when nothing comes in time', async () => {
    const redis = client({ protocol });
    expect(await redis.blpop(keyPrefix(), 0.05)).to.equal(null);
    expect(await redis.ping()).to.equal('PONG');
  });

  it('hands what is pushed to those who wait, in the order in which they came', async () => {
    const key = keyPrefix();
    const pushing = client({ protocol });
    const waiting: Promise<unknown>[] = [];
    for (const pop of ['blpop', 'brpop', 'blpop'] as const) {
      waiting.push((await begin((redis) => redis[pop](key, 0))).popped);
    }
    expect(await pushing.rpush(key, 'a', 'b', 'c', 'd')).to.equal(4);
    const popped = await Promise.all(waiting);
    expect(popped).to.deep.equal([
      [key, 'a'],
      [key, 'd'],
      [key, 'b'],
    ]);
    expect(await pushing.lrange(key, 0, -1)).to.deep.equal(['c']);
  });

  it('gives each element to exactly one of several that wait again and again', async () => {
    const key = keyPrefix();
    const popped = Array.from({ length: 4 }, async () => {
      const redis = client({ protocol });
      const own: string[] = [];
      for (;;) {
        const item = (await redis.blpop(key, 0))?.[1];
        if (item === undefined || item === 'end') return own;
        own.push(item);
      }
    });
    const pushing = client({ protocol });
    const sent = Array.from({ length: 400 }, (_, n) => String(n));
    for (let at = 0; at < sent.length; at += 40) await pushing.rpush(key, ...sent.slice(at, at + 40));
    await pushing.rpush(key, 'end', 'end', 'end', 'end');
    const seen = (await Promise.all(popped)).flat();
    expect(seen.sort()).to.deep.equal([...sent].sort());
  });

  it('sees a list only when the transaction that made it is over, by the key that it filled first', async () => {
    const key = keyPrefix();
    const { popped } = await begin((redis) => redis.blpop(`${key}1`, `${key}2`, 0));
    const pushing = client({ protocol });
    await pushing.multi().rpush(`${key}1`, 'gone').del(`${key}1`).exec();
    await pushing.multi().rpush(`${key}2`, 'second').rpush(`${key}1`, 'first').exec();
    expect(await popped).to.deep.equal([`${key}2`, 'second']);
    expect(await pushing.lrange(`${key}1`, 0, -1)).to.deep.equal(['first']);
  });

  it('goes on waiting when the key becomes something else, and takes a list that was renamed to it', async () => {
    const key = keyPrefix();
    const { popped } = await begin((redis) => redis.blpop(`${key}k1`, 0));
    const calls = [
      ['set', 'k1', 'text'],
      ['del', 'k1'],
      ['sadd', 'k1', 'member'],
      ['del', 'k1'],
      ['rpush', 'k2', 'item'],
      ['rename', 'k2', 'k1'],
    ] as const;
    expect(await repliesTo(client({ protocol }), calls, key)).to.deep.equal(['OK', 1, 1, 1, 1, 'OK']);
    expect(await popped).to.deep.equal([`${key}k1`, 'item']);
  });

  it('does what was sent behind a waiting pop after it', async () => {
    const key = keyPrefix();
    const other = client({ protocol });
    const connection = await raw();
    connection.write(
      [
        ['BLPOP', `${key}1`, '0'],
        ['SET', `${key}2`, 'v'],
      ]
        .map(encodeCommand)
        .join(''),
    );
    for (let n = 0; n < 10; n++) expect(await other.exists(`${key}2`)).to.equal(0);
    await other.rpush(`${key}1`, 'a');
    await connection.takeUpTo('$1\r\na\r\n+OK\r\n');
    expect(await other.get(`${key}2`)).to.equal('v');
  });

  it('takes nothing for a client that has gone', async () => {
    const key = keyPrefix();
    const other = client({ protocol });
    const leaving = await raw();
    leaving.write(encodeCommand(['BLPOP', key, '0']));
    await other.ping();
    leaving.disconnect();
    await leaving.closed;
    for (let n = 0; n < 10; n++) await other.ping();
    await other.rpush(key, 'a');
    expect(await other.lrange(key, 0, -1)).to.deep.equal(['a']);
  });

  /** Resolves when the pop is at the server: it was sent on a ready connection before another one asked and was answered. */
  async function begin<T>(pop: (redis: Redis) => Promise<T>): Promise<{ readonly popped: Promise<T> }> {
    const redis = client({ protocol });
    await redis.ping();
    const popped = pop(redis);
    await client().ping();
    return { popped };
  }
}
