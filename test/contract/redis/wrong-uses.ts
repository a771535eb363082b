import { type Call, INTEGER_ERROR, OVERFLOW, type Row, WRONG_TYPE } from './row.js';

const INT64_MAX = '9223372036854775807';
const INT64_MIN = '-9223372036854775808';

/** A command of each kind for a key that holds something else, by the type that it wants. */
const COMMANDS_BY_TYPE: Readonly<Record<string, readonly Call[]>> = {
  string: [
    ['get', 'k1'],
    ['getset', 'k1', 'v'],
    ['getdel', 'k1'],
    ['getex', 'k1'],
    ['set', 'k1', 'v', 'GET'],
    ['append', 'k1', 'v'],
    ['strlen', 'k1'],
    ['getrange', 'k1', 0, -1],
    ['incr', 'k1'],
    ['decrby', 'k1', 2],
  ],
  hash: [
    ['hset', 'k1', 'a', '1'],
    ['hget', 'k1', 'a'],
    ['hmget', 'k1', 'a'],
    ['hgetall', 'k1'],
    ['hdel', 'k1', 'a'],
    ['hexists', 'k1', 'a'],
    ['hkeys', 'k1'],
    ['hvals', 'k1'],
    ['hlen', 'k1'],
    ['hincrby', 'k1', 'a', 1],
    ['hscan', 'k1', 0],
  ],
  list: [
    ['lpush', 'k1', 'a'],
    ['rpush', 'k1', 'a'],
    ['lpop', 'k1'],
    ['rpop', 'k1', 2],
    ['lrange', 'k1', 0, -1],
    ['llen', 'k1'],
    ['lindex', 'k1', 0],
    ['lrem', 'k1', 0, 'a'],
    ['ltrim', 'k1', 0, 0],
    ['blpop', 'k1', 0],
  ],
  set: [
    ['sadd', 'k1', 'a'],
    ['srem', 'k1', 'a'],
    ['smembers', 'k1'],
    ['sismember', 'k1', 'a'],
    ['scard', 'k1'],
    ['sscan', 'k1', 0],
  ],
  zset: [
    ['zadd', 'k1', 1, 'a'],
    ['zrange', 'k1', 0, -1],
    ['zrangebyscore', 'k1', 0, 1],
    ['zscore', 'k1', 'a'],
    ['zrem', 'k1', 'a'],
    ['zcard', 'k1'],
    ['zscan', 'k1', 0],
  ],
};

/** How a key comes to hold a type, the reply to it, and how it is seen to hold the same after all. */
const HOLDERS: Readonly<
  Record<string, { readonly give: Call; readonly given: unknown; readonly look: Call; readonly seen: unknown }>
> = {
  string: { give: ['set', 'k1', 'v'], given: 'OK', look: ['get', 'k1'], seen: 'v' },
  hash: { give: ['hset', 'k1', 'f', 'v'], given: 1, look: ['hget', 'k1', 'f'], seen: 'v' },
  list: { give: ['rpush', 'k1', 'v'], given: 1, look: ['lrange', 'k1', 0, -1], seen: ['v'] },
  set: { give: ['sadd', 'k1', 'v'], given: 1, look: ['smembers', 'k1'], seen: ['v'] },
  zset: { give: ['zadd', 'k1', 1, 'v'], given: 1, look: ['zrange', 'k1', 0, -1], seen: ['v'] },
};

const WRONG_TYPES: readonly Row[] = Object.entries(HOLDERS).map(([type, { give, given, look, seen }]) => {
  const wrong = Object.entries(COMMANDS_BY_TYPE).flatMap(([wanted, calls]) => (wanted === type ? [] : calls));
  return {
    says: `refuses on a ${type} whatever is for other types, and leaves it as it was`,
    calls: [give, ...wrong, look],
    replies: [given, ...wrong.map(() => WRONG_TYPE), seen],
  };
});

const NUMBERS: readonly Row[] = [
  {
    says: 'counts to both ends of 64 bits, and not one step beyond',
    calls: [
      ['set', 'k1', INT64_MAX],
      ['incrby', 'k1', 0],
      ['incr', 'k1'],
      ['decrby', 'k1', -1],
      ['incrby', 'k1', INT64_MIN],
      ['set', 'k1', INT64_MIN],
      ['decr', 'k1'],
      ['incrby', 'k1', -1],
      ['decrby', 'k1', INT64_MIN],
      ['incrby', 'k1', INT64_MAX],
      ['get', 'k1'],
      ['hset', 'k2', 'a', INT64_MAX],
      ['hincrby', 'k2', 'a', 1],
      ['hincrby', 'k2', 'a', INT64_MIN],
      ['hget', 'k2', 'a'],
    ],
    // Beyond 2^53 the client rounds what comes as a number; what the server holds is seen as text.
    replies: [
      'OK',
      Number(INT64_MAX),
      OVERFLOW,
      OVERFLOW,
      -1,
      'OK',
      OVERFLOW,
      OVERFLOW,
      'Error: ERR decrement would overflow',
      -1,
      '-1',
      1,
      OVERFLOW,
      -1,
      '-1',
    ],
  },
  {
    says: 'counts nothing that is no integer in the form it would write itself',
    calls: ['', ' 1', '1 ', '+1', '-0', '01', '1.0', '1e3', '0x1', '9223372036854775808', '١'].flatMap(
      (text): Call[] => [
        ['set', 'k1', text],
        ['incr', 'k1'],
        ['incrby', 'k2', text],
      ],
    ),
    replies: Array.from({ length: 11 }, () => ['OK', INTEGER_ERROR, INTEGER_ERROR]).flat(),
  },
  {
    says: 'refuses positions, counts and databases that are no integers',
    calls: [
      ['rpush', 'k1', 'a'],
      ['lindex', 'k1', 'first'],
      ['lindex', 'k1', '9223372036854775808'],
      ['lrange', 'k1', 0, 'end'],
      ['lrem', 'k1', 'all', 'a'],
      ['ltrim', 'k1', 0, '1.5'],
      ['lindex', 'k1', INT64_MAX],
      ['lrange', 'k1', INT64_MIN, INT64_MAX],
      ['select', 'first'],
      ['select', -1],
      ['select', '99999999999'],
      ['expire', 'k1', '1.5'],
      ['expire', 'k1', '9223372036854776'],
      ['pexpireat', 'k1', INT64_MAX],
      ['llen', 'k1'],
    ],
    replies: [
      1,
      INTEGER_ERROR,
      INTEGER_ERROR,
      INTEGER_ERROR,
      INTEGER_ERROR,
      INTEGER_ERROR,
      null,
      ['a'],
      INTEGER_ERROR,
      'Error: ERR DB index is out of range',
      'Error: ERR value is out of range, value must between -2147483648 and 2147483647',
      INTEGER_ERROR,
      "Error: ERR invalid expire time in 'expire' command",
      1,
      1,
    ],
  },
];

const WITHOUT_CLUSTER = 'Error: ERR This instance has cluster support disabled';

const CLUSTER: readonly Row[] = [
  {
    says: 'answers the words of a cluster as a server that belongs to none',
    calls: [
      ['readonly'],
      ['readwrite'],
      ['asking'],
      ['cluster', 'info'],
      ['cluster', 'slots'],
      ['cluster', 'shards'],
      ['cluster', 'nodes'],
      ['cluster', 'keyslot', 'a'],
      ['readonly', 'now'],
      ['cluster'],
      ['multi'],
      ['readonly'],
      ['exec'],
    ],
    replies: [
      ...Array.from({ length: 8 }, () => WITHOUT_CLUSTER),
      "Error: ERR wrong number of arguments for 'readonly' command",
      "Error: ERR wrong number of arguments for 'cluster' command",
      'OK',
      'QUEUED',
      [WITHOUT_CLUSTER],
    ],
  },
];

/** What a caller gets wrong, and what belongs to another kind of server. */
export const WRONG_USES: readonly Row[] = [...WRONG_TYPES, ...NUMBERS, ...CLUSTER];
