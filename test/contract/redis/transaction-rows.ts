import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { Bench } from './bench.js';
import { type Call, repliesTo } from './row.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What another connection does to a watched key `k1`, and whether the transaction that watched it must fail. */
const TOUCHES: readonly { given?: Call; theirs: readonly Call[]; isChange: boolean }[] = [
  { theirs: [['get', 'k1']], isChange: false },
  { theirs: [['set', 'k1', 'v']], isChange: true },
  { theirs: [['del', 'k1']], isChange: false },
  { theirs: [['set', 'k2', 'v']], isChange: false },
  { given: ['set', 'k1', 'v'], theirs: [['set', 'k1', 'v']], isChange: true },
  { given: ['set', 'k1', 'v'], theirs: [['set', 'k1', 'w', 'NX']], isChange: false },
  { given: ['set', 'k1', 'v'], theirs: [['getex', 'k1']], isChange: false },
  { given: ['set', 'k1', 'v'], theirs: [['getex', 'k1', 'EX', 100]], isChange: true },
  { given: ['set', 'k1', 'v'], theirs: [['expire', 'k1', 100]], isChange: true },
  { given: ['set', 'k1', 'v'], theirs: [['expire', 'k1', 100, 'XX']], isChange: false },
  { given: ['set', 'k1', 'v'], theirs: [['persist', 'k1']], isChange: false },
  { given: ['set', 'k1', 'v', 'EX', 100], theirs: [['persist', 'k1']], isChange: true },
  {
    given: ['set', 'k1', 'v'],
    theirs: [
      ['del', 'k1'],
      ['set', 'k1', 'v'],
    ],
    isChange: true,
  },
  { given: ['set', 'k1', 'v'], theirs: [['rename', 'k1', 'k2']], isChange: true },
  { given: ['set', 'k2', 'v'], theirs: [['rename', 'k2', 'k1']], isChange: true },
  { given: ['set', 'k1', 'v'], theirs: [['sadd', 'k1', 'a']], isChange: false },
  { given: ['sadd', 'k1', 'a'], theirs: [['sadd', 'k1', 'a']], isChange: false },
  { given: ['sadd', 'k1', 'a'], theirs: [['sadd', 'k1', 'b']], isChange: true },
  { given: ['sadd', 'k1', 'a'], theirs: [['srem', 'k1', 'b']], isChange: false },
  { given: ['hset', 'k1', 'a', '1'], theirs: [['hset', 'k1', 'a', '1']], isChange: true },
  { given: ['zadd', 'k1', 1, 'a'], theirs: [['zadd', 'k1', 1, 'a']], isChange: false },
  { given: ['zadd', 'k1', 1, 'a'], theirs: [['zadd', 'k1', 'GT', 2, 'a']], isChange: true },
  { given: ['rpush', 'k1', 'a'], theirs: [['ltrim', 'k1', 0, -1]], isChange: true },
  { given: ['rpush', 'k1', 'a'], theirs: [['lrem', 'k1', 0, 'b']], isChange: false },
  { given: ['rpush', 'k1', 'a'], theirs: [['lpop', 'k1']], isChange: true },
  { theirs: [['multi'], ['set', 'k1', 'v'], ['discard']], isChange: false },
  { theirs: [['multi'], ['set', 'k1', 'v'], ['exec']], isChange: true },
];

export function transactionRows({ client, keyPrefix, protocol }: Bench): void {
  it('gives nil for a transaction whose watched key was changed by another connection', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.watch(key);
    await client().set(key, 'theirs');
    expect(await redis.multi().set(key, 'mine').exec()).to.equal(null);
    expect(await redis.get(key)).to.equal('theirs');
    await redis.watch(key);
    await redis.unwatch();
    await client().set(key, 'theirs again');
    expect(await redis.multi().set(key, 'mine').exec()).to.deep.equal([[null, 'OK']]);
  });

  it('knows what is a change of a watched key and what is none', async () => {
    const [redis, other] = [client({ protocol }), client({ protocol })];
    for (const { given, theirs, isChange } of TOUCHES) {
      const key = keyPrefix();
      if (given) await repliesTo(redis, [given], key);
      await redis.watch(`${key}k1`);
      await repliesTo(other, theirs, key);
      const done = await redis.multi().ping().exec();
      expect(done === null, JSON.stringify([given, ...theirs])).to.equal(isChange);
    }
  });

  it('counts what the watching connection itself does as a change, before MULTI', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.watch(key);
    await redis.set(key, 'mine');
    expect(await redis.multi().get(key).exec()).to.equal(null);
    await redis.watch(key);
    expect(await redis.multi().set(key, 'again').get(key).exec()).to.deep.equal([
      [null, 'OK'],
      [null, 'again'],
    ]);
  });

  it('gives nil for a transaction whose watched key ended meanwhile, seen by others or by nobody', async () => {
    const redis = client({ protocol });
    const other = client();
    const key = keyPrefix();
    for (const look of [() => other.exists(key), () => other.ping()]) {
      // Together, so that the key is watched before it ends.
      await redis.pipeline().set(key, 'v', 'PX', 200).watch(key).exec();
      await pause(220);
      await look();
      expect(await redis.multi().get(key).exec()).to.equal(null);
    }
  });

  it('takes a watched key that had ended before for one that is not there', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.set(key, 'v', 'PX', 15);
    await pause(30);
    await redis.watch(key);
    expect(await redis.multi().exists(key).exec()).to.deep.equal([[null, 0]]);
  });

  it('watches a key in the database that was selected then', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.select(3);
    await redis.watch(key);
    await redis.select(0);
    await redis.set(key, 'here');
    expect(await redis.multi().ping().exec()).to.deep.equal([[null, 'PONG']]);
    await redis.select(3);
    await redis.watch(key);
    await redis.select(0);
    const there = client({ db: 3 });
    await there.set(key, 'there');
    expect(await redis.multi().ping().exec()).to.equal(null);
    await there.del(key);
  });

  it('lets exactly one of twenty connections through that watch one key', async () => {
    const key = keyPrefix();
    const racers = Array.from({ length: 20 }, () => client({ protocol }));
    await Promise.all(racers.map((redis) => redis.watch(key)));
    const done = await Promise.all(racers.map((redis, n) => redis.multi().set(key, n).exec()));
    const winners = [...done.keys()].filter((n) => done[n] !== null);
    expect(winners).to.have.length(1);
    expect(await client().get(key)).to.equal(String(winners[0]));
  });

  it('loses no increment of ten connections that watch, read, write, and try again', async () => {
    const key = keyPrefix();
    await Promise.all(Array.from({ length: 10 }, () => incrementByWatching(client({ protocol }), key, 15)));
    expect(await client().get(key)).to.equal('150');
  });

  it('shows others all of a transaction or nothing', async () => {
    const key = keyPrefix();
    const [writer, reader] = [client({ protocol }), client({ protocol })];
    let isWriting = true;
    const written = (async () => {
      for (let n = 0; n < 100; n++) {
        // One by one, so that there is time between them for others to look.
        await writer.multi({ pipeline: false });
        await writer.incr(`${key}a`);
        await writer.incr(`${key}b`);
        await writer.exec();
      }
      isWriting = false;
    })();
    while (isWriting) {
      const [a, b] = await reader.mget(`${key}a`, `${key}b`);
      expect(a).to.equal(b);
    }
    await written;
    expect(await reader.mget(`${key}a`, `${key}b`)).to.deep.equal(['100', '100']);
  });

  it('keeps one time throughout a transaction: no key ends between its commands', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const transaction = redis.multi().set(`${key}short`, 'v', 'PX', 1);
    for (let n = 0; n < 20_000; n++) transaction.incr(`${key}n`);
    const answers = await transaction.exists(`${key}short`).exec();
    expect(answers?.at(-1)).to.deep.equal([null, 1]);
    await pause(5);
    expect(await redis.exists(`${key}short`)).to.equal(0);
  });

  it('gives a transaction up when EXEC itself is refused', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    expect(
      await repliesTo(redis, [['multi'], ['set', 'k1', 'v'], ['exec', 'now'], ['exec'], ['get', 'k1']], key),
    ).to.deep.equal([
      'OK',
      'QUEUED',
      "Error: EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command",
      'Error: ERR EXEC without MULTI',
      null,
    ]);
  });

  it('queues what names and selects, and does it in its turn', async () => {
    const redis = client({ protocol });
    const calls: readonly Call[] = [
      ['multi'],
      ['unwatch'],
      ['select', 3],
      ['exists', 'k1'],
      ['select', 0],
      ['client', 'setname', 'me'],
      ['client', 'getname'],
      ['publish', 'k1', 'nobody'],
      ['select', 99],
      ['exec'],
    ];
    const replies = ['OK', 'OK', 0, 'OK', 'OK', 'me', 0, 'Error: ERR DB index is out of range'];
    const queued = Array.from({ length: replies.length }, () => 'QUEUED');
    expect(await repliesTo(redis, calls, keyPrefix())).to.deep.equal(['OK', ...queued, replies]);
  });
}

/** Each of the increments MUST be its own transaction that nobody came between. */
async function incrementByWatching(redis: Redis, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    await redis.watch(key);
    const count = Number(await redis.get(key));
    const answers = await redis
      .multi()
      .set(key, count + 1)
      .exec();
    if (answers !== null) done++;
  }
}
