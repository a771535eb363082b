import { argument, type Call, type CommandFamily } from '../command.js';
import { CommandError, SYNTAX_ERROR } from '../command-error.js';
import { EXPIRY_OPTIONS, type ExpiryUnit, expiryTime } from '../expiry.js';
import { keyPattern } from '../key-pattern.js';
import { bulk, bulks, integer, NIL, OK, type Reply, simple } from '../reply.js';

export const KEYS: CommandFamily = {
  del: { arity: -2, run: deleteKeys },
  unlink: { arity: -2, run: deleteKeys },
  exists: { arity: -2, run: ({ args, keys }) => integer(args.filter((key) => keys.find(key)).length) },
  type: { arity: 2, run: (call) => simple(call.keys.find(argument(call, 0))?.type ?? 'none') },
  ttl: { arity: 2, run: (call) => end(call, (ms) => toSeconds(ms - call.server.nowMs)) },
  pttl: { arity: 2, run: (call) => end(call, (ms) => ms - call.server.nowMs) },
  expiretime: { arity: 2, run: (call) => end(call, toSeconds) },
  pexpiretime: { arity: 2, run: (call) => end(call, (ms) => ms) },
  expire: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['EX']) },
  pexpire: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['PX']) },
  expireat: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['EXAT']) },
  pexpireat: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['PXAT']) },
  persist: { arity: 2, run: persist },
  keys: { arity: 2, run: listKeys },
  rename: { arity: 3, run: rename },
  randomkey: { arity: 1, run: anyKey },
  dbsize: { arity: 1, run: ({ keys }) => integer(keys.size) },
  flushdb: { arity: -1, run: (call) => flush(call, [call.keys]) },
  flushall: { arity: -1, run: (call) => flush(call, call.server.databases) },
};

function deleteKeys({ args, keys }: Call): Reply {
  return integer(args.filter((key) => keys.find(key) && keys.delete(key)).length);
}

/** -2: no such key; -1: it never ends. */
function end(call: Call, told: (endsAtMs: bigint) => bigint): Reply {
  const entry = call.keys.find(argument(call, 0));
  if (entry === undefined) return integer(-2);
  return integer(entry.expiresAtMs === undefined ? -1 : told(entry.expiresAtMs));
}

function toSeconds(ms: bigint): bigint {
  return (ms + 500n) / 1000n;
}

function expire(call: Call, unit: ExpiryUnit | undefined): Reply {
  if (unit === undefined) throw new CommandError(SYNTAX_ERROR);
  const key = argument(call, 0);
  const conditions = readConditions(call.args.slice(2));
  const expiresAtMs = expiryTime({ commandName: call.name, unit, text: call.args[1], nowMs: call.server.nowMs });
  const entry = call.keys.find(key);
  if (entry === undefined || !allows(conditions, entry.expiresAtMs, expiresAtMs)) return integer(0);
  call.keys.expire(key, expiresAtMs);
  return integer(1);
}

function readConditions(words: readonly string[]): ReadonlySet<string> {
  const conditions = new Set<string>();
  for (const word of words) {
    const condition = word.toUpperCase();
    if (!['NX', 'XX', 'GT', 'LT'].includes(condition)) throw new CommandError(`ERR Unsupported option ${word}`);
    conditions.add(condition);
  }
  if (conditions.has('NX') && conditions.size > 1) {
    throw new CommandError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (conditions.has('GT') && conditions.has('LT')) {
    throw new CommandError('ERR GT and LT options at the same time are not compatible');
  }
  return conditions;
}

/** A key that never ends counts as ending later than any other. */
function allows(conditions: ReadonlySet<string>, before: bigint | undefined, after: bigint): boolean {
  if (conditions.has('NX') && before !== undefined) return false;
  if (conditions.has('XX') && before === undefined) return false;
  if (conditions.has('GT') && (before === undefined || after <= before)) return false;
  return !(conditions.has('LT') && before !== undefined && after >= before);
}

function persist(call: Call): Reply {
  const key = argument(call, 0);
  const ends = call.keys.find(key)?.expiresAtMs !== undefined;
  if (ends) call.keys.expire(key, undefined);
  return integer(ends);
}

function listKeys(call: Call): Reply {
  const fits = keyPattern(argument(call, 0));
  return bulks([...call.keys.keys()].map(([key]) => key).filter(fits));
}

function rename(call: Call): Reply {
  const from = argument(call, 0);
  const to = argument(call, 1);
  const entry = call.keys.find(from);
  if (entry === undefined) throw new CommandError('ERR no such key');
  if (from === to) return OK;
  call.keys.delete(from);
  call.keys.put(to, entry);
  return OK;
}

/** Any key will do for "random", and one that can be foretold makes tests repeat. */
function anyKey(call: Call): Reply {
  for (const [key] of call.keys.keys()) return bulk(key);
  return NIL;
}

function flush(call: Call, databases: readonly Call['keys'][]): Reply {
  const mode = call.args[0]?.toUpperCase();
  if (call.args.length > 1 || (mode !== undefined && mode !== 'ASYNC' && mode !== 'SYNC')) {
    throw new CommandError(SYNTAX_ERROR);
  }
  for (const keys of databases) keys.clear();
  return OK;
}
