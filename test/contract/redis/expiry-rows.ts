import { expect } from 'chai';
import type { Bench } from './bench.js';
import { type Row, repliesTo, tableRows } from './row.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An end so far away that no clock comes near it: the 16th of November 5138. */
const FAR = 99_999_999_999_000;

const ENDS: readonly Row[] = [
  {
    says: 'tells the instant of an end, in milliseconds and in rounded seconds',
    calls: [
      ['expiretime', 'k1'],
      ['set', 'k1', 'v'],
      ['expiretime', 'k1'],
      ['set', 'k1', 'v', 'PXAT', FAR + 499],
      ['pexpiretime', 'k1'],
      ['expiretime', 'k1'],
      ['pexpireat', 'k1', FAR + 500],
      ['expiretime', 'k1'],
      ['expireat', 'k1', FAR / 1000],
      ['pexpiretime', 'k1'],
    ],
    replies: [-2, 'OK', -1, 'OK', FAR + 499, FAR / 1000, 1, FAR / 1000 + 1, 1, FAR],
  },
  {
    says: 'moves an end with GETEX, and drops it',
    calls: [
      ['getex', 'k1', 'PX', 10],
      ['set', 'k1', 'v'],
      ['getex', 'k1', 'PXAT', FAR],
      ['pexpiretime', 'k1'],
      ['getex', 'k1'],
      ['pexpiretime', 'k1'],
      ['getex', 'k1', 'PERSIST'],
      ['pexpiretime', 'k1'],
      ['getex', 'k1', 'PX', 0],
      ['getex', 'k1', 'EX', 1, 'PX', 1],
      ['getex', 'k1', 'PXAT', 1],
      ['exists', 'k1'],
    ],
    replies: [
      null,
      'OK',
      'v',
      FAR,
      'v',
      FAR,
      'v',
      -1,
      "Error: ERR invalid expire time in 'getex' command",
      'Error: ERR syntax error',
      'v',
      0,
    ],
  },
  {
    says: 'keeps an end through what changes a value, and drops it at what writes a new one',
    calls: [
      ['set', 'k1', '1', 'PXAT', FAR],
      ['incrby', 'k1', 5],
      ['append', 'k1', '0'],
      ['set', 'k1', '2', 'KEEPTTL'],
      ['set', 'k1', '3', 'KEEPTTL', 'GET'],
      ['pexpiretime', 'k1'],
      ['getset', 'k1', '4'],
      ['pexpiretime', 'k1'],
      ['pexpireat', 'k1', FAR],
      ['mset', 'k1', '5'],
      ['pexpiretime', 'k1'],
      ['pexpireat', 'k1', FAR],
      ['setnx', 'k1', '6'],
      ['pexpiretime', 'k1'],
      ['set', 'k1', '7', 'EX', 100, 'KEEPTTL'],
    ],
    replies: ['OK', 6, 2, 'OK', '2', FAR, '3', -1, 1, 'OK', -1, 1, 0, FAR, 'Error: ERR syntax error'],
  },
  {
    says: 'keeps the end of a collection while it is written to, and forgets it with the last element',
    calls: [
      ['hset', 'k1', 'a', '1'],
      ['pexpireat', 'k1', FAR],
      ['hset', 'k1', 'b', '2'],
      ['hdel', 'k1', 'a'],
      ['pexpiretime', 'k1'],
      ['hdel', 'k1', 'b'],
      ['hset', 'k1', 'a', '1'],
      ['pexpiretime', 'k1'],
    ],
    replies: [1, 1, 1, 1, FAR, 1, 1, -1],
  },
  {
    says: 'gives the renamed key its own end, and drops that of the key it replaces',
    calls: [
      ['set', 'k1', 'v'],
      ['set', 'k2', 'w', 'PXAT', FAR],
      ['rename', 'k1', 'k2'],
      ['pexpiretime', 'k2'],
      ['pexpireat', 'k2', FAR],
      ['rename', 'k2', 'k1'],
      ['pexpiretime', 'k1'],
      ['pexpiretime', 'k2'],
    ],
    replies: ['OK', 'OK', 'OK', -1, 1, 'OK', FAR, -2],
  },
];

export function expiryRows(bench: Bench): void {
  const { client, keyPrefix, protocol } = bench;
  tableRows(bench, ENDS);

  it('ends a key when its time has come, and not before', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const endsAt = Date.now() + 60;
    await redis.multi().set(`${key}1`, 'v').pexpireat(`${key}1`, endsAt).set(`${key}2`, 'v', 'PXAT', endsAt).exec();
    for (;;) {
      const [first, second] = await redis.mget(`${key}1`, `${key}2`);
      expect(first).to.equal(second);
      if (first === null) break;
      await pause(3);
    }
    // Our clock and the server's may differ by their last digit.
    expect(Date.now()).to.be.at.least(endsAt - 1);
    expect(await redis.pttl(`${key}1`)).to.equal(-2);
  });

  it('never shows a key to one connection that another has seen gone', async () => {
    const key = keyPrefix();
    const connections = Array.from({ length: 5 }, () => client({ protocol }));
    await client().set(key, 'v', 'PX', 40);
    let isGone = false;
    for (let round = 0; !isGone || round % 5 !== 0; round++) {
      const exists = (await connections[round % 5]?.exists(key)) === 1;
      expect(exists && isGone).to.equal(false);
      isGone ||= !exists;
    }
  });

  it('treats a key whose time has come as absent in whatever writes to it', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    for (const name of ['k1', 'k2', 'k3', 'k4', 'k5']) await redis.set(`${key}${name}`, '41', 'PX', 10);
    await redis.pexpire(`${key}k6`, 10);
    await pause(25);
    const calls = [
      ['incr', 'k1'],
      ['append', 'k2', 'x'],
      ['setnx', 'k3', 'mine'],
      ['set', 'k4', 'v', 'XX'],
      ['set', 'k4', 'v', 'KEEPTTL'],
      ['pttl', 'k4'],
      ['rpush', 'k5', 'a'],
      ['type', 'k5'],
      ['rename', 'k6', 'k1'],
      ['pttl', 'k1'],
    ] as const;
    expect(await repliesTo(redis, calls, key)).to.deep.equal([
      1,
      1,
      1,
      null,
      'OK',
      -1,
      1,
      'list',
      'Error: ERR no such key',
      -1,
    ]);
  });

  it('hands a lock that ended to exactly one of ten that wait for it', async () => {
    const key = keyPrefix();
    await client().set(key, 'owner', 'PX', 40);
    const waiting = Array.from({ length: 10 }, () => client({ protocol }));
    let isTaken = false;
    const taken = await Promise.all(
      waiting.map(async (redis, n) => {
        while (!isTaken) {
          if ((await redis.set(key, n, 'PX', 60_000, 'NX')) === 'OK') {
            isTaken = true;
            return [n];
          }
        }
        return [];
      }),
    );
    expect(taken.flat()).to.have.length(1);
    expect(await client().get(key)).to.equal(String(taken.flat()[0]));
  });

  it('lets no end that was prolonged in time come early', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const inTime = redis.pipeline().set(key, 'v', 'PX', 200).set(`${key}2`, 'v', 'PX', 200);
    const answers = await inTime.pexpire(key, 60_000, 'GT').pexpire(`${key}2`, 60_000, 'LT').exec();
    expect(answers?.map(([, reply]) => reply)).to.deep.equal(['OK', 'OK', 1, 0]);
    await pause(220);
    expect(await redis.mget(key, `${key}2`)).to.deep.equal(['v', null]);
  });
}
