import { UNSUPPORTED_COMMANDS } from '../../../src/embedded/redis/unsupported-commands.js';
import { readRepositoryFile } from '../../helpers/repository.js';
import type { Bench } from './bench.js';
import { encodeCommand } from './raw-redis.js';
import { type Call, repliesTo } from './row.js';

/** Every command and subcommand of Redis 7.0, as COMMAND LIST gives them. */
const REDIS_COMMANDS = readRepositoryFile('test/contract/redis/redis-7.0-commands.txt').trim().split('\n');

const NAME_OF_SCRIPT = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';

/** What only a real Redis does, with its replies. */
const FAMILIES: readonly { what: string; calls: readonly Call[]; replies: readonly unknown[] }[] = [
  {
    what: 'scripts: EVAL, EVALSHA, SCRIPT, FUNCTION, FCALL',
    calls: [
      ['eval', 'return {KEYS[1], ARGV[1], redis.call("SET", KEYS[1], ARGV[1])}', 1, 'k1', 'v'],
      ['eval_ro', 'return 1', 0],
      ['script', 'load', 'return 1'],
      ['evalsha', NAME_OF_SCRIPT, 0],
      ['evalsha', '0'.repeat(40), 0],
      ['script', 'exists', NAME_OF_SCRIPT, '0'.repeat(40)],
      ['function', 'list', 'LIBRARYNAME', 'k1'],
      ['fcall', 'no_such_function', 0],
    ],
    replies: [
      ['k1', 'v', 'OK'],
      1,
      NAME_OF_SCRIPT,
      1,
      'Error: NOSCRIPT No matching script. Please use EVAL.',
      [1, 0],
      [],
      'Error: ERR Function not found',
    ],
  },
  {
    what: 'streams: XADD, XLEN, XRANGE and all others',
    calls: [
      ['xadd', 'k1', '1-1', 'a', 'b'],
      ['xlen', 'k1'],
      ['xrange', 'k1', '-', '+'],
    ],
    replies: ['1-1', 1, [['1-1', ['a', 'b']]]],
  },
  {
    what: 'waiting for other things than lists: BLMOVE, BLMPOP, BZPOPMIN, WAIT',
    calls: [
      ['blmove', 'k1', 'k2', 'LEFT', 'RIGHT', 0.01],
      ['blmpop', 0.01, 1, 'k1', 'LEFT'],
      ['bzpopmin', 'k1', 0.01],
      ['wait', 0, 1],
    ],
    replies: [null, null, null, 0],
  },
  {
    what: 'moving between lists, and changing them inside: LMOVE, LINSERT, LSET',
    calls: [
      ['rpush', 'k1', 'a', 'b'],
      ['lmove', 'k1', 'k2', 'LEFT', 'RIGHT'],
      ['linsert', 'k1', 'BEFORE', 'b', 'a'],
      ['lset', 'k1', 0, 'c'],
      ['rpushx', 'k1', 'd'],
      ['lpos', 'k1', 'b'],
    ],
    replies: [2, 'a', 2, 'OK', 3, 1],
  },
  {
    what: 'floats, and changing parts of strings: INCRBYFLOAT, HINCRBYFLOAT, SETRANGE, MSETNX',
    calls: [
      ['incrbyfloat', 'k1', 0.5],
      ['hincrbyfloat', 'k2', 'a', 0.5],
      ['setrange', 'k1', 1, ','],
      ['msetnx', 'k1', 'v'],
    ],
    replies: ['0.5', '0.5', 3, 0],
  },
  {
    what: 'sets with sets, and their members by chance: SINTER, SUNION, SDIFF, SPOP, SMOVE',
    calls: [
      ['sinter', 'k1', 'k2'],
      ['sunion', 'k1', 'k2'],
      ['sdiff', 'k1', 'k2'],
      ['spop', 'k1'],
      ['smove', 'k1', 'k2', 'a'],
    ],
    replies: [[], [], [], null, 0],
  },
  {
    what: 'ranks and sums of sorted sets: ZRANK, ZINCRBY, ZCOUNT, ZPOPMIN, ZREVRANGE, ZUNIONSTORE',
    calls: [
      ['zincrby', 'k1', 2, 'a'],
      ['zrank', 'k1', 'a'],
      ['zcount', 'k1', 0, 5],
      ['zrevrange', 'k1', 0, -1],
      ['zunionstore', 'k2', 1, 'k1'],
      ['zremrangebyscore', 'k1', 0, 5],
      ['zpopmin', 'k1'],
    ],
    replies: ['2', 0, 1, ['a'], 1, 1, []],
  },
  {
    what: 'bits, HyperLogLogs and places: SETBIT, PFADD, GEOADD and all others',
    calls: [
      ['setbit', 'k1', 7, 1],
      ['bitcount', 'k1'],
      ['pfadd', 'k2', 'a'],
      ['geoadd', 'k3', 1, 1, 'a'],
    ],
    replies: [0, 1, 1, 1],
  },
  {
    what: 'copying, moving, sorting and looking into keys: COPY, RENAMENX, MOVE, SORT, DUMP, OBJECT, TOUCH',
    calls: [
      ['set', 'k1', '1'],
      ['copy', 'k1', 'k2'],
      ['renamenx', 'k1', 'k2'],
      ['touch', 'k1', 'k2'],
      ['object', 'encoding', 'k1'],
      ['dump', 'k3'],
      ['sort', 'k3'],
      ['move', 'k3', 1],
    ],
    replies: ['OK', 1, 0, 2, 'int', null, [], 0],
  },
  {
    what: 'channels of shards: SPUBLISH, SSUBSCRIBE',
    calls: [['spublish', 'k1', 'hello']],
    replies: [0],
  },
];

/** Commands among those calls that the embedded server has: they prepare. */
const PREPARING = ['set', 'rpush'];

export function unsupportedRows({ client, raw, keyPrefix, protocol, differs }: Bench): void {
  for (const { what, calls, replies } of FAMILIES) {
    differs(what, {
      see: () => repliesTo(client({ protocol }), calls, keyPrefix()),
      real: { does: 'does it', answer: replies },
      embedded: {
        does: 'refuses by name',
        answer: calls.map(([name], index) => (PREPARING.includes(name) ? replies[index] : refusal(name))),
      },
    });
  }

  differs('a transaction with a script in it', {
    see: () =>
      repliesTo(
        client({ protocol }),
        [['multi'], ['set', 'k1', 'v'], ['eval', 'return 1', 0], ['exec'], ['get', 'k1']],
        keyPrefix(),
      ),
    real: { does: 'runs it', answer: ['OK', 'QUEUED', 'QUEUED', ['OK', 1], 'v'] },
    embedded: {
      does: 'gives the whole transaction up',
      answer: [
        'OK',
        'QUEUED',
        refusal('eval'),
        'Error: EXECABORT Transaction discarded because of previous errors.',
        null,
      ],
    },
  });

  differs('a command that the client defines by a script', {
    see: async () => {
      const redis = client({ protocol });
      redis.defineCommand('twice', { numberOfKeys: 0, lua: 'return ARGV[1] * 2' });
      const twice = (redis as unknown as { twice(n: number): Promise<unknown> }).twice(21);
      return twice.catch((cause: unknown) => (cause as Error).message.replace(/EVAL(SHA)?/, 'EVAL'));
    },
    real: { does: 'runs it', answer: 42 },
    embedded: { does: 'refuses it by name', answer: refusal('eval').replace('Error: ', '') },
  });

  differs('who is at the door, and what it says of itself: ACL, CLIENT LIST, ROLE, TIME', {
    see: async () => {
      const calls = [['acl', 'whoami'], ['client', 'list'], ['role'], ['time']] as const;
      const replies = await repliesTo(client({ protocol }), calls, keyPrefix());
      return replies.map((reply) => (String(reply).startsWith('Error') ? reply : typeof reply));
    },
    real: { does: 'tells', answer: ['string', 'string', 'object', 'object'] },
    embedded: { does: 'refuses by name', answer: ['ACL', 'CLIENT LIST', 'ROLE', 'TIME'].map(refusal) },
  });

  differs('what HELLO calls the server', {
    see: async () => {
      const greeting = await (await raw()).ask(['HELLO', '2']);
      return greeting.split('\r\n')[4];
    },
    real: { does: 'says `redis`', answer: 'redis' },
    embedded: { does: 'says `tracecourt-embedded`', answer: 'tracecourt-embedded' },
  });

  differs('settings: CONFIG GET', {
    see: () =>
      repliesTo(
        client({ protocol: 2 }),
        [
          ['config', 'get', 'databases'],
          ['config', 'get', 'hz'],
        ],
        '',
      ),
    real: {
      does: 'tells all of them',
      answer: [
        ['databases', '16'],
        ['hz', '10'],
      ],
    },
    embedded: { does: 'tells the few that mean something here', answer: [['databases', '16'], []] },
  });

  differs('ranges of sorted sets by name: ZRANGE … BYLEX', {
    see: () =>
      repliesTo(
        client({ protocol }),
        [
          ['zadd', 'k1', 0, 'a', 0, 'b'],
          ['zrange', 'k1', '[b', '+', 'BYLEX'],
        ],
        keyPrefix(),
      ),
    real: { does: 'gives them', answer: [2, ['b']] },
    embedded: { does: 'refuses them by name', answer: [2, refusal('bylex')] },
  });

  differs('a value of 17 MiB', {
    see: async () => await firstLine(['SET', keyPrefix(), 'x'.repeat(17 << 20)]),
    real: { does: 'keeps it', answer: '+OK' },
    embedded: { does: 'refuses more than 16 MiB, and hangs up', answer: '-ERR Protocol error: invalid bulk length' },
  });

  differs('a command of 100,001 arguments', {
    see: () => firstLine(['MGET', ...Array.from({ length: 100_001 }, () => keyPrefix())]),
    real: { does: 'does it', answer: '*100001' },
    embedded: {
      does: 'refuses more than 100,000, and hangs up',
      answer: '-ERR Protocol error: invalid multibulk length',
    },
  });

  async function firstLine(words: readonly string[]): Promise<string> {
    const connection = await raw();
    connection.write(encodeCommand(words));
    return connection.takeUpTo('\r\n');
  }

  differs('what COMMAND LIST names', {
    see: async () => {
      const names = new Set(((await client({ protocol }).call('command', 'list')) as string[]).map(String));
      return REDIS_COMMANDS.filter((name) => names.has(name));
    },
    real: { does: `names the ${REDIS_COMMANDS.length} of Redis 7.0`, answer: REDIS_COMMANDS },
    embedded: {
      does: 'names those that it has; it refuses each of the others by name',
      answer: REDIS_COMMANDS.filter((name) => !isUnsupported(name)),
    },
  });
}

function isUnsupported(name: string): boolean {
  const [container = ''] = name.split('|');
  return UNSUPPORTED_COMMANDS.has(name) || UNSUPPORTED_COMMANDS.has(container) || name.startsWith('cluster|');
}

function refusal(name: string): string {
  return `Error: ERR ${name.toUpperCase()} is not supported by tracecourt-embedded: use a real Redis for it`;
}
