import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { type BatteryTarget, battery, type Differs } from './battery.js';

export interface BatteryConnection {
  readonly protocol?: 2 | 3;
  readonly db?: number;
  readonly retryStrategy?: () => null;
}

export interface RedisBatteryOptions {
  readonly server: BatteryTarget['server'];
  /** A new connection of an unmodified ioredis; the battery disconnects it. */
  readonly connect: (options: BatteryConnection) => Redis;
}

type Call = readonly [command: string, ...args: (string | number)[]];
interface Row {
  readonly says: string;
  /** `k1`, `k2`… among the arguments become keys of this run. */
  readonly calls: readonly Call[];
  /** One reply a call; an error reply is `Error: <text>`. */
  readonly replies: readonly unknown[];
}

const INTEGER_ERROR = 'Error: ERR value is not an integer or out of range';
const WRONG_TYPE = 'Error: WRONGTYPE Operation against a key holding the wrong kind of value';
const SYNTAX = 'Error: ERR syntax error';
const INT64_MAX = '9223372036854775807';
const arity = (name: string) => `Error: ERR wrong number of arguments for '${name}' command`;

const STRINGS: readonly Row[] = [
  {
    says: 'keeps what SET was given',
    calls: [
      ['set', 'k1', 'v'],
      ['get', 'k1'],
      ['get', 'k2'],
      ['strlen', 'k1'],
      ['type', 'k1'],
      ['type', 'k2'],
    ],
    replies: ['OK', 'v', null, 1, 'string', 'none'],
  },
  {
    says: 'obeys NX, XX and GET',
    calls: [
      ['set', 'k1', 'a', 'XX'],
      ['set', 'k1', 'b', 'NX'],
      ['set', 'k1', 'c', 'NX'],
      ['set', 'k1', 'd', 'NX', 'GET'],
      ['set', 'k1', 'e', 'XX', 'GET'],
      ['set', 'k1', 'f', 'NX', 'XX'],
      ['get', 'k1'],
    ],
    replies: [null, 'OK', null, 'b', 'b', SYNTAX, 'e'],
  },
  {
    says: 'refuses expiries that are none',
    calls: [
      ['set', 'k1', 'v', 'EX', 0],
      ['set', 'k1', 'v', 'EX', 'soon'],
      ['set', 'k1', 'v', 'EX'],
      ['set', 'k1', 'v', 'EX', 1, 'PX', 1],
      ['set', 'k1', 'v', 'EX', INT64_MAX],
      ['setex', 'k1', 0, 'v'],
      ['psetex', 'k1', -1, 'v'],
      ['get', 'k1'],
    ],
    replies: [
      "Error: ERR invalid expire time in 'set' command",
      INTEGER_ERROR,
      SYNTAX,
      SYNTAX,
      "Error: ERR invalid expire time in 'set' command",
      "Error: ERR invalid expire time in 'setex' command",
      "Error: ERR invalid expire time in 'psetex' command",
      null,
    ],
  },
  {
    says: 'keeps a time to live through APPEND, INCR and KEEPTTL, and drops it at a plain SET',
    calls: [
      ['set', 'k1', '1', 'EX', 100],
      ['incr', 'k1'],
      ['append', 'k1', '0'],
      ['set', 'k1', '7', 'KEEPTTL'],
      ['ttl', 'k1'],
      ['set', 'k1', '8'],
      ['ttl', 'k1'],
    ],
    replies: ['OK', 2, 2, 'OK', 100, 'OK', -1],
  },
  {
    says: 'counts in 64 bits and refuses what does not fit',
    calls: [
      ['incr', 'k1'],
      ['incrby', 'k1', 10],
      ['decr', 'k1'],
      ['decrby', 'k1', 20],
      ['set', 'k2', INT64_MAX],
      ['incr', 'k2'],
      ['decrby', 'k2', '-9223372036854775808'],
      ['set', 'k2', '012'],
      ['incr', 'k2'],
      ['incrby', 'k1', 'x'],
      ['incrby', 'k1', '9223372036854775808'],
    ],
    replies: [
      1,
      11,
      10,
      -10,
      'OK',
      'Error: ERR increment or decrement would overflow',
      'Error: ERR decrement would overflow',
      'OK',
      INTEGER_ERROR,
      INTEGER_ERROR,
      INTEGER_ERROR,
    ],
  },
  {
    says: 'reads and writes several keys, and takes keys away',
    calls: [
      ['mset', 'k1', 'a', 'k2', 'b'],
      ['mget', 'k1', 'k3', 'k2'],
      ['mset', 'k1', 'a', 'k2'],
      ['setnx', 'k1', 'x'],
      ['setnx', 'k3', 'c'],
      ['getdel', 'k3'],
      ['getdel', 'k3'],
      ['getex', 'k1', 'EX', 50],
      ['ttl', 'k1'],
      ['getex', 'k1', 'PERSIST'],
      ['ttl', 'k1'],
      ['getex', 'k1', 'PERSIST', 'EX', 1],
    ],
    replies: ['OK', ['a', null, 'b'], arity('mset'), 0, 1, 'c', null, 'a', 50, 'a', -1, SYNTAX],
  },
];

const COLLECTIONS: readonly Row[] = [
  {
    says: 'keeps hashes, which end with their last field',
    calls: [
      ['hset', 'k1', 'a', '1', 'b', '2'],
      ['hset', 'k1', 'a', '3', 'c', '4'],
      ['hget', 'k1', 'a'],
      ['hget', 'k1', 'zz'],
      ['hmget', 'k1', 'a', 'zz'],
      ['hexists', 'k1', 'b'],
      ['hlen', 'k1'],
      ['hkeys', 'k1'],
      ['hvals', 'k1'],
      ['hincrby', 'k1', 'a', 4],
      ['hincrby', 'k1', 'a', 'x'],
      ['hset', 'k1', 'a'],
      ['hset', 'k1', 'a', '1', 'b'],
      ['hdel', 'k1', 'a', 'b', 'c', 'd'],
      ['exists', 'k1'],
    ],
    replies: [
      2,
      1,
      '3',
      null,
      ['3', null],
      1,
      3,
      ['a', 'b', 'c'],
      ['3', '2', '4'],
      7,
      INTEGER_ERROR,
      arity('hset'),
      arity('hset'),
      3,
      0,
    ],
  },
  {
    says: 'refuses to count a field that is no number',
    calls: [
      ['hset', 'k1', 'a', 'x'],
      ['hincrby', 'k1', 'a', 1],
    ],
    replies: [1, 'Error: ERR hash value is not an integer'],
  },
  {
    says: 'keeps lists in order and cuts them',
    calls: [
      ['rpush', 'k1', 'b', 'c'],
      ['lpush', 'k1', 'a', 'z'],
      ['lrange', 'k1', 0, -1],
      ['lrange', 'k1', -2, 100],
      ['lrange', 'k1', 3, 1],
      ['lindex', 'k1', -1],
      ['lindex', 'k1', 9],
      ['lrem', 'k1', 0, 'z'],
      ['lpop', 'k1'],
      ['rpop', 'k1', 5],
      ['lpop', 'k1'],
      ['lpop', 'k1', 2],
      ['llen', 'k1'],
      ['lpop', 'k1', -1],
    ],
    replies: [
      2,
      4,
      ['z', 'a', 'b', 'c'],
      ['b', 'c'],
      [],
      'c',
      null,
      1,
      'a',
      ['c', 'b'],
      null,
      null,
      0,
      'Error: ERR value is out of range, must be positive',
    ],
  },
  {
    says: 'removes from either end of a list and trims it to nothing',
    calls: [
      ['rpush', 'k1', 'a', 'b', 'a', 'c', 'a'],
      ['lrem', 'k1', 1, 'a'],
      ['lrem', 'k1', -1, 'a'],
      ['lrange', 'k1', 0, -1],
      ['ltrim', 'k1', 1, -1],
      ['lrange', 'k1', 0, -1],
      ['ltrim', 'k1', 5, 1],
      ['exists', 'k1'],
    ],
    replies: [5, 1, 1, ['b', 'a', 'c'], 'OK', ['a', 'c'], 'OK', 0],
  },
  {
    says: 'keeps sets without duplicates',
    calls: [
      ['sadd', 'k1', 'a', 'b', 'a'],
      ['sadd', 'k1', 'a'],
      ['sismember', 'k1', 'a'],
      ['sismember', 'k1', 'z'],
      ['scard', 'k1'],
      ['srem', 'k1', 'a', 'z'],
      ['smembers', 'k1'],
      ['smembers', 'k2'],
    ],
    replies: [2, 0, 1, 0, 2, 1, ['b'], []],
  },
  {
    says: 'orders sorted sets by score, then by member',
    calls: [
      ['zadd', 'k1', 2, 'b', 1, 'c', 1, 'a'],
      ['zrange', 'k1', 0, -1],
      ['zrange', 'k1', 0, 0, 'REV'],
      ['zrangebyscore', 'k1', '(1', '+inf'],
      ['zrangebyscore', 'k1', 0, 5, 'LIMIT', 1, 1],
      ['zrange', 'k1', 0, 1, 'BYSCORE'],
      ['zcard', 'k1'],
      ['zrem', 'k1', 'a', 'zz'],
      ['zrange', 'k1', 0, 1, 'LIMIT', 0, 1],
      ['zrangebyscore', 'k1', 'low', 5],
    ],
    replies: [
      3,
      ['a', 'c', 'b'],
      ['b'],
      ['b'],
      ['c'],
      ['a', 'c'],
      3,
      1,
      'Error: ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
      'Error: ERR min or max is not a float',
    ],
  },
  {
    says: 'obeys the options of ZADD',
    calls: [
      ['zadd', 'k1', 1, 'a'],
      ['zadd', 'k1', 'NX', 5, 'a'],
      ['zadd', 'k1', 'XX', 'CH', 6, 'a', 1, 'zz'],
      ['zadd', 'k1', 'GT', 'CH', 2, 'a'],
      ['zadd', 'k1', 'NX', 'XX', 1, 'a'],
      ['zadd', 'k1', 'GT', 'LT', 1, 'a'],
      ['zadd', 'k1', 'INCR', 1, 'a', 2, 'b'],
      ['zadd', 'k1', 1, 'a', 2],
      ['zadd', 'k1', 'high', 'a'],
      ['zscore', 'k1', 'zz'],
    ],
    replies: [
      1,
      0,
      1,
      0,
      'Error: ERR XX and NX options at the same time are not compatible',
      'Error: ERR GT, LT, and/or NX options at the same time are not compatible',
      'Error: ERR INCR option supports a single increment-element pair',
      SYNTAX,
      'Error: ERR value is not a valid float',
      null,
    ],
  },
  {
    says: 'refuses an operation on another type of value, and leaves it as it was',
    calls: [
      ['set', 'k1', 'v'],
      ['lpush', 'k1', 'a'],
      ['hset', 'k1', 'a', 'b'],
      ['sadd', 'k1', 'a'],
      ['zadd', 'k1', 1, 'a'],
      ['rpush', 'k2', 'a'],
      ['get', 'k2'],
      ['incr', 'k2'],
      ['set', 'k2', 'v', 'GET'],
      ['mget', 'k1', 'k2'],
      ['get', 'k1'],
    ],
    replies: [
      'OK',
      WRONG_TYPE,
      WRONG_TYPE,
      WRONG_TYPE,
      WRONG_TYPE,
      1,
      WRONG_TYPE,
      WRONG_TYPE,
      WRONG_TYPE,
      ['v', null],
      'v',
    ],
  },
];

const KEYS: readonly Row[] = [
  {
    says: 'counts what it deletes and finds',
    calls: [
      ['mset', 'k1', 'a', 'k2', 'b'],
      ['exists', 'k1', 'k1', 'k3'],
      ['del', 'k1', 'k3'],
      ['unlink', 'k2'],
      ['exists', 'k1', 'k2'],
    ],
    replies: ['OK', 2, 1, 1, 0],
  },
  {
    says: 'tells how long a key has, and takes the time away again',
    calls: [
      ['ttl', 'k1'],
      ['pttl', 'k1'],
      ['set', 'k1', 'v'],
      ['ttl', 'k1'],
      ['expire', 'k1', 100],
      ['ttl', 'k1'],
      ['persist', 'k1'],
      ['persist', 'k1'],
      ['ttl', 'k1'],
      ['expire', 'k2', 100],
    ],
    replies: [-2, -2, 'OK', -1, 1, 100, 1, 0, -1, 0],
  },
  {
    says: 'obeys the conditions of EXPIRE',
    calls: [
      ['set', 'k1', 'v'],
      ['expire', 'k1', 10, 'GT'],
      ['expire', 'k1', 10, 'XX'],
      ['expire', 'k1', 10, 'LT'],
      ['expire', 'k1', 20, 'LT'],
      ['expire', 'k1', 20, 'GT'],
      ['expire', 'k1', 5, 'NX'],
      ['ttl', 'k1'],
      ['expire', 'k1', 5, 'NX', 'GT'],
      ['expire', 'k1', 5, 'GT', 'LT'],
      ['expire', 'k1', 5, 'maybe'],
      ['expire', 'k1', 'soon'],
      ['pexpire', 'k1', INT64_MAX],
    ],
    replies: [
      'OK',
      0,
      0,
      1,
      0,
      1,
      0,
      20,
      'Error: ERR NX and XX, GT or LT options at the same time are not compatible',
      'Error: ERR GT and LT options at the same time are not compatible',
      'Error: ERR Unsupported option maybe',
      INTEGER_ERROR,
      "Error: ERR invalid expire time in 'pexpire' command",
    ],
  },
  {
    says: 'lets a time that has passed end the key at once',
    calls: [
      ['set', 'k1', 'v'],
      ['expireat', 'k1', 1],
      ['exists', 'k1'],
      ['set', 'k1', 'v', 'PXAT', 1],
      ['get', 'k1'],
      ['set', 'k1', 'v'],
      ['pexpire', 'k1', -1],
      ['get', 'k1'],
    ],
    replies: ['OK', 1, 0, 'OK', null, 'OK', 1, null],
  },
  {
    says: 'renames a key with its time to live',
    calls: [
      ['set', 'k1', 'v', 'EX', 100],
      ['set', 'k2', 'w'],
      ['rename', 'k1', 'k2'],
      ['get', 'k2'],
      ['ttl', 'k2'],
      ['exists', 'k1'],
      ['rename', 'k1', 'k3'],
      ['rename', 'k2', 'k2'],
    ],
    replies: ['OK', 'OK', 'OK', 'v', 100, 0, 'Error: ERR no such key', 'OK'],
  },
  {
    says: 'refuses a scan that is none',
    calls: [
      ['scan', 'x'],
      ['scan', 0, 'COUNT', 0],
      ['scan', 0, 'COUNT'],
      ['scan', 0, 'EVERY', 'a'],
    ],
    replies: ['Error: ERR invalid cursor', SYNTAX, SYNTAX, SYNTAX],
  },
];

const SERVER: readonly Row[] = [
  {
    says: 'refuses an unknown command in the words of Redis',
    calls: [['foo'], ['FOO', 'a', 'b'], ['client', 'foo'], ['config', 'foo'], ['foo', 'a'.repeat(200), 'b']],
    replies: [
      "Error: ERR unknown command 'foo', with args beginning with: ",
      "Error: ERR unknown command 'FOO', with args beginning with: 'a' 'b' ",
      "Error: ERR unknown subcommand 'foo'. Try CLIENT HELP.",
      "Error: ERR unknown subcommand 'foo'. Try CONFIG HELP.",
      `Error: ERR unknown command 'foo', with args beginning with: '${'a'.repeat(128)}' `,
    ],
  },
  {
    says: 'refuses a wrong number of arguments',
    calls: [
      ['get'],
      ['get', 'a', 'b'],
      ['set', 'a'],
      ['del'],
      ['client'],
      ['client', 'setname'],
      ['ping', 'a', 'b'],
      ['lpop', 'a', '1', '2'],
    ],
    replies: [
      arity('get'),
      arity('get'),
      arity('set'),
      arity('del'),
      arity('client'),
      arity('client|setname'),
      arity('ping'),
      arity('lpop'),
    ],
  },
  {
    says: 'greets, echoes and selects',
    calls: [['ping'], ['ping', 'hi'], ['echo', 'hi'], ['select', 16], ['select', 'x'], ['select', 0]],
    replies: ['PONG', 'hi', 'hi', 'Error: ERR DB index is out of range', INTEGER_ERROR, 'OK'],
  },
  {
    says: 'names a connection',
    calls: [
      ['client', 'getname'],
      ['client', 'setname', 'me'],
      ['client', 'getname'],
      ['client', 'setname', 'a b'],
    ],
    replies: [null, 'OK', 'me', 'Error: ERR Client names cannot contain spaces, newlines or special characters.'],
  },
  {
    says: 'refuses credentials where there is no password',
    calls: [
      ['auth', 'someone', 'pw'],
      ['auth', 'pw'],
      ['auth', 'a', 'b', 'c'],
      ['hello', 9],
      ['hello', 3, 'WHAT'],
    ],
    replies: [
      'Error: WRONGPASS invalid username-password pair or user is disabled.',
      'Error: ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
      SYNTAX,
      'Error: NOPROTO unsupported protocol version',
      "Error: ERR Syntax error in HELLO option 'WHAT'",
    ],
  },
  {
    says: 'does the commands of a transaction together, errors among the replies',
    calls: [['multi'], ['set', 'k1', 'v'], ['incr', 'k1'], ['get', 'k1'], ['exec']],
    replies: ['OK', 'QUEUED', 'QUEUED', 'QUEUED', ['OK', INTEGER_ERROR, 'v']],
  },
  {
    says: 'gives a transaction up when a command of it was refused',
    calls: [['multi'], ['set', 'k1', 'v'], ['get'], ['exec'], ['get', 'k1'], ['multi'], ['client', 'foo'], ['exec']],
    replies: [
      'OK',
      'QUEUED',
      arity('get'),
      'Error: EXECABORT Transaction discarded because of previous errors.',
      null,
      'OK',
      "Error: ERR unknown subcommand 'foo'. Try CLIENT HELP.",
      'Error: EXECABORT Transaction discarded because of previous errors.',
    ],
  },
  {
    says: 'discards a transaction, and refuses the words of one outside it',
    calls: [
      ['multi'],
      ['set', 'k1', 'v'],
      ['discard'],
      ['get', 'k1'],
      ['exec'],
      ['discard'],
      ['multi'],
      ['multi'],
      ['watch', 'k1'],
      ['exec'],
    ],
    replies: [
      'OK',
      'QUEUED',
      'OK',
      null,
      'Error: ERR EXEC without MULTI',
      'Error: ERR DISCARD without MULTI',
      'OK',
      'Error: ERR MULTI calls can not be nested',
      'Error: ERR WATCH inside MULTI is not allowed',
      [],
    ],
  },
];

const TABLES = {
  strings: STRINGS,
  collections: COLLECTIONS,
  'keys and their ends': KEYS,
  'server and transactions': SERVER,
};

/** What every server that calls itself a Redis 7 MUST do for an unmodified ioredis, in both protocols. */
export function redisBattery({ server, connect }: RedisBatteryOptions): void {
  const identify = async () => {
    const redis = connect({});
    const [, version = ''] = /^redis_version:(.+)\r$/m.exec(await redis.info('server')) ?? [];
    redis.disconnect();
    return `Redis ${version}`;
  };

  battery({ store: 'Redis', server, identify }, (differs) => {
    const open: Redis[] = [];
    const client = (options: BatteryConnection = {}) => {
      const redis = connect(options);
      open.push(redis);
      return redis;
    };
    const prefix = `tracecourt-battery:${randomUUID()}:`;
    let runs = 0;
    const keyPrefix = () => `${prefix}${++runs}:`;

    afterEach(async () => {
      const keys = await client().keys(`${prefix}*`);
      if (keys.length > 0) await client().del(...keys);
      for (const redis of open.splice(0)) redis.disconnect();
    });

    for (const protocol of [2, 3] as const) {
      describe(`RESP${protocol}`, () => {
        for (const [table, rows] of Object.entries(TABLES)) {
          describe(table, () => {
            for (const row of rows) {
              it(row.says, async () => {
                expect(await replies(client({ protocol }), row.calls, keyPrefix())).to.deep.equal(row.replies);
              });
            }
          });
        }
        describe('through the client', () => clientRows({ client, keyPrefix, protocol }));
        describe('scripts', () => scriptRows({ client, keyPrefix, protocol }, differs));
      });
    }
  });
}

/** Sends one command after the other, so that each error is seen where it happened. */
async function replies(redis: Redis, calls: readonly Call[], keyPrefix: string): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (const [command, ...args] of calls) {
    const named = args.map((arg) => (/^k\d$/.test(String(arg)) ? `${keyPrefix}${arg}` : arg));
    seen.push(plain(await redis.call(command, ...named).catch((cause: unknown) => cause)));
  }
  return seen;
}

function plain(reply: unknown): unknown {
  if (reply instanceof Error) return `Error: ${reply.message}`;
  return Array.isArray(reply) ? reply.map(plain) : reply;
}

interface ClientRows {
  readonly client: (options?: BatteryConnection) => Redis;
  readonly keyPrefix: () => string;
  readonly protocol: 2 | 3;
}

function clientRows({ client, keyPrefix, protocol }: ClientRows): void {
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
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await redis.set(key, bytes);
    expect(await redis.getBuffer(key)).to.deep.equal(bytes);
    expect(await redis.strlen(key)).to.equal(256);
    expect(await redis.del(key)).to.equal(1);
  });

  it('keeps a value of a megabyte', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.set(key, 'x'.repeat(1 << 20));
    expect((await redis.get(key))?.length).to.equal(1 << 20);
  });

  it('ends a key when its time has come', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.set(key, 'v', 'PX', 30);
    expect(await redis.pttl(key)).to.be.within(0, 30);
    while ((await redis.exists(key)) === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await redis.get(key)).to.equal(null);
  });

  it('finds every key that stays during a scan exactly once', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const wanted = Array.from({ length: 57 }, (_, n) => `${key}${n}`);
    await redis.mset(Object.fromEntries(wanted.map((name) => [name, 'v'])));
    await redis.rpush(`${key}list`, 'a');
    const found: string[] = [];
    for await (const page of redis.scanStream({ match: `${key}*`, count: 7, type: 'string' })) found.push(...page);
    expect([...new Set(found)].sort()).to.deep.equal([...wanted].sort());
  });

  it('matches key patterns', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.mset(Object.fromEntries(['abc', 'abd', 'a*c', 'xyz'].map((name) => [`${key}${name}`, 'v'])));
    const matching = async (pattern: string) =>
      (await redis.keys(`${key}${pattern}`)).map((name) => name.slice(key.length)).sort();
    expect(await matching('ab?')).to.deep.equal(['abc', 'abd']);
    expect(await matching('a[a-c]c')).to.deep.equal(['abc']);
    expect(await matching('a[^b]c')).to.deep.equal(['a*c']);
    expect(await matching('a\\*c')).to.deep.equal(['a*c']);
    expect(await matching('*')).to.deep.equal(['a*c', 'abc', 'abd', 'xyz']);
  });

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

  it('gives nil for a transaction whose watched key ended', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    await redis.set(key, 'v', 'PX', 20);
    await redis.watch(key);
    while ((await client().exists(key)) === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await redis.multi().get(key).exec()).to.equal(null);
  });

  it('answers a pipeline in order', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const pipeline = redis.pipeline();
    for (let n = 0; n < 200; n++) pipeline.incr(key);
    const answers = await pipeline.exec();
    expect(answers?.map(([, count]) => count)).to.deep.equal(Array.from({ length: 200 }, (_, n) => n + 1));
  });

  it('delivers what is published to channels and patterns', async () => {
    const subscriber = client({ protocol });
    const publisher = client({ protocol });
    const channel = keyPrefix();
    await subscriber.subscribe(`${channel}a`, `${channel}b`);
    await subscriber.psubscribe(`${channel}*`);
    const message = once(subscriber, 'message');
    const patterned = once(subscriber, 'pmessage');
    expect(await publisher.publish(`${channel}a`, 'hello')).to.equal(2);
    expect(await message).to.deep.equal([`${channel}a`, 'hello']);
    expect(await patterned).to.deep.equal([`${channel}*`, `${channel}a`, 'hello']);
    expect(await subscriber.unsubscribe(`${channel}a`, `${channel}b`)).to.equal(1);
    expect(await subscriber.punsubscribe(`${channel}*`)).to.equal(0);
    expect(await publisher.publish(`${channel}a`, 'nobody')).to.equal(0);
    expect(await subscriber.get(`${channel}a`)).to.equal(null);
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

  it('ends the connection after QUIT', async () => {
    const redis = client({ protocol, retryStrategy: () => null });
    await redis.ping();
    const ended = once(redis, 'end');
    expect(await redis.quit()).to.equal('OK');
    await ended;
  });
}

function scriptRows({ client, protocol }: ClientRows, differs: Differs): void {
  differs('EVAL', {
    see: () => replies(client({ protocol }), [['eval', 'return 1 + 1', 0]], ''),
    real: { does: 'runs the script', answer: [2] },
    embedded: {
      does: 'refuses it by name',
      answer: ['Error: ERR EVAL is not supported by tracecourt-embedded: use a real Redis for it'],
    },
  });
}
