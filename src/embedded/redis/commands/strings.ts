import { argument, type Call, type CommandFamily, pairs } from '../command.js';
import { DEFAULT_LIMITS } from '../command-decoder.js';
import { CommandError } from '../command-error.js';
import { type ExpiryUnit, positiveExpiryTime, readStringOptions } from '../expiry.js';
import { indexArgument, integerArgument, isInt64 } from '../numbers.js';
import { array, bulk, integer, NIL, OK, type Reply } from '../reply.js';

const SECONDS: ExpiryUnit = { milliseconds: 1000n, fromNow: true };
const MILLISECONDS: ExpiryUnit = { milliseconds: 1n, fromNow: true };

/** What one bulk may hold; APPEND must not get past it either. */
const MAX_STRING_BYTES = DEFAULT_LIMITS.maxBulkBytes;

export const STRINGS: CommandFamily = {
  get: { arity: 2, run: (call) => bulk(call.keys.read(argument(call, 0), 'string')) },
  set: { arity: -3, run: set },
  setex: { arity: 4, run: (call) => setWithExpiry(call, SECONDS) },
  psetex: { arity: 4, run: (call) => setWithExpiry(call, MILLISECONDS) },
  setnx: { arity: 3, run: setIfAbsent },
  mget: { arity: -2, run: ({ args, keys }) => array(args.map((key) => bulk(stringOrNothing(keys, key)))) },
  mset: { arity: -3, run: setMany },
  getset: { arity: 3, run: getAndSet },
  getdel: { arity: 2, run: getAndDelete },
  getex: { arity: -2, run: getAndExpire },
  incr: { arity: 2, run: (call) => add(call, 1n) },
  decr: { arity: 2, run: (call) => add(call, -1n) },
  incrby: { arity: 3, run: (call) => add(call, integerArgument(call.args[1])) },
  decrby: { arity: 3, run: decrementBy },
  append: { arity: 3, run: append },
  getrange: { arity: 4, run: part },
  strlen: { arity: 2, run: (call) => integer(call.keys.read(argument(call, 0), 'string')?.length ?? 0) },
};

function stringOrNothing(keys: Call['keys'], key: string): string | undefined {
  return keys.find(key)?.type === 'string' ? keys.read(key, 'string') : undefined;
}

function store(call: Call, value: string, expiresAtMs: bigint | undefined): void {
  const key = argument(call, 0);
  call.keys.put(key, { type: 'string', value, expiresAtMs });
  call.keys.find(key);
}

function set(call: Call): Reply {
  const key = argument(call, 0);
  const value = argument(call, 1);
  const flagNames = ['NX', 'XX', 'GET', 'KEEPTTL'];
  const { flags, expiry } = readStringOptions(call.args.slice(2), { flags: flagNames, alone: 'KEEPTTL' });
  const expiresAtMs = expiry && positiveExpiryTime({ ...expiry, commandName: call.name, nowMs: call.server.nowMs });
  const previous = call.keys.find(key);
  const answer = flags.has('GET') ? bulk(call.keys.read(key, 'string')) : undefined;
  if ((flags.has('NX') && previous !== undefined) || (flags.has('XX') && previous === undefined)) return answer ?? NIL;
  store(call, value, flags.has('KEEPTTL') ? previous?.expiresAtMs : expiresAtMs);
  return answer ?? OK;
}

function setWithExpiry(call: Call, unit: ExpiryUnit): Reply {
  const expiresAtMs = positiveExpiryTime({
    commandName: call.name,
    unit,
    text: call.args[1],
    nowMs: call.server.nowMs,
  });
  store(call, argument(call, 2), expiresAtMs);
  return OK;
}

function setIfAbsent(call: Call): Reply {
  const isAbsent = call.keys.find(argument(call, 0)) === undefined;
  if (isAbsent) store(call, argument(call, 1), undefined);
  return integer(isAbsent);
}

function setMany(call: Call): Reply {
  for (const [key, value] of pairs(call, call.args)) {
    call.keys.put(key, { type: 'string', value, expiresAtMs: undefined });
  }
  return OK;
}

function getAndSet(call: Call): Reply {
  const previous = bulk(call.keys.read(argument(call, 0), 'string'));
  store(call, argument(call, 1), undefined);
  return previous;
}

function getAndDelete(call: Call): Reply {
  const key = argument(call, 0);
  const value = call.keys.read(key, 'string');
  if (value !== undefined) call.keys.delete(key);
  return bulk(value);
}

function getAndExpire(call: Call): Reply {
  const key = argument(call, 0);
  const { flags, expiry } = readStringOptions(call.args.slice(1), { flags: ['PERSIST'], alone: 'PERSIST' });
  const value = call.keys.read(key, 'string');
  if (value === undefined) return NIL;
  if (expiry) {
    const { nowMs } = call.server;
    call.keys.expire(key, positiveExpiryTime({ ...expiry, commandName: call.name, nowMs }));
  } else if (flags.has('PERSIST')) {
    call.keys.expire(key, undefined);
  }
  return bulk(value);
}

function add(call: Call, step: bigint): Reply {
  const key = argument(call, 0);
  const held = call.keys.read(key, 'string');
  const sum = integerArgument(held ?? '0') + step;
  if (!isInt64(sum)) throw new CommandError('ERR increment or decrement would overflow');
  replace(call, String(sum));
  return integer(sum);
}

function decrementBy(call: Call): Reply {
  const step = integerArgument(call.args[1]);
  if (!isInt64(-step)) throw new CommandError('ERR decrement would overflow');
  return add(call, -step);
}

function append(call: Call): Reply {
  const longer = (call.keys.read(argument(call, 0), 'string') ?? '') + argument(call, 1);
  if (longer.length > MAX_STRING_BYTES) {
    throw new CommandError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
  replace(call, longer);
  return integer(longer.length);
}

/** As in Redis 7.0, an end before the first byte is taken for it, unless both count from the back and the wrong way round. */
function part(call: Call): Reply {
  const [start, end] = [indexArgument(call.args[1]), indexArgument(call.args[2])];
  const value = call.keys.read(argument(call, 0), 'string') ?? '';
  if (start < 0 && end < 0 && start > end) return bulk('');
  const fromFront = (index: number): number => Math.max(0, index < 0 ? value.length + index : index);
  return bulk(value.slice(fromFront(start), fromFront(end) + 1));
}

/** Another value under the same key, which ends when it would have ended. */
function replace(call: Call, value: string): void {
  store(call, value, call.keys.find(argument(call, 0))?.expiresAtMs);
}
