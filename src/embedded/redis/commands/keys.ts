import { argument, type Call, type CommandFamily } from '../command.js';
import { CommandError, SYNTAX_ERROR } from '../command-error.js';
import { EXPIRY_OPTIONS, type ExpiryUnit, expiryTime } from '../expiry.js';
import { keyPattern } from '../key-pattern.js';
import type { Entry } from '../keyspace.js';
import { indexArgument } from '../numbers.js';
import { array, bulk, bulks, integer, NIL, OK, type Reply, simple } from '../reply.js';

const CURSOR_FORM = /^\d{1,20}$/;
const DEFAULT_SCAN_COUNT = 10;

export const KEYS: CommandFamily = {
  del: { arity: -2, run: deleteKeys },
  unlink: { arity: -2, run: deleteKeys },
  exists: { arity: -2, run: ({ args, keys }) => integer(args.filter((key) => keys.find(key)).length) },
  type: { arity: 2, run: (call) => simple(call.keys.find(argument(call, 0))?.type ?? 'none') },
  ttl: { arity: 2, run: (call) => remaining(call, (ms) => (ms + 500n) / 1000n) },
  pttl: { arity: 2, run: (call) => remaining(call, (ms) => ms) },
  expire: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['EX']) },
  pexpire: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['PX']) },
  expireat: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['EXAT']) },
  pexpireat: { arity: -3, run: (call) => expire(call, EXPIRY_OPTIONS['PXAT']) },
  persist: { arity: 2, run: persist },
  keys: { arity: 2, run: listKeys },
  scan: { arity: -2, run: scan },
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
function remaining(call: Call, inUnit: (ms: bigint) => bigint): Reply {
  const entry = call.keys.find(argument(call, 0));
  if (entry === undefined) return integer(-2);
  return integer(entry.expiresAtMs === undefined ? -1 : inUnit(entry.expiresAtMs - call.server.nowMs));
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

interface ScanOptions {
  readonly fits: (key: string) => boolean;
  readonly count: number;
  readonly type: string | undefined;
}

/** A key that exists during a whole scan is returned by it, once. */
function scan(call: Call): Reply {
  const cursor = readCursor(argument(call, 0));
  const { fits, count, type } = readScanOptions(call.args.slice(1));
  const ahead = [...call.keys.keys()].filter(([, { sequence }]) => sequence > cursor);
  const page = ahead.slice(0, count);
  const isTypeWanted = (entry: Entry) => type === undefined || entry.type === type;
  const found = page.filter(([key, entry]) => fits(key) && isTypeWanted(entry)).map(([key]) => key);
  const next = page.length < ahead.length ? (page.at(-1)?.[1].sequence ?? 0) : 0;
  return array([bulk(String(next)), bulks(found)]);
}

function readCursor(text: string): number {
  if (!CURSOR_FORM.test(text)) throw new CommandError('ERR invalid cursor');
  return Number(text);
}

function readScanOptions(words: readonly string[]): ScanOptions {
  let options: ScanOptions = { fits: () => true, count: DEFAULT_SCAN_COUNT, type: undefined };
  for (let index = 0; index < words.length; index += 2) {
    const value = words[index + 1];
    if (value === undefined) throw new CommandError(SYNTAX_ERROR);
    options = withScanOption(options, (words[index] ?? '').toUpperCase(), value);
  }
  return options;
}

function withScanOption(options: ScanOptions, name: string, value: string): ScanOptions {
  switch (name) {
    case 'MATCH':
      return { ...options, fits: keyPattern(value) };
    case 'COUNT':
      if (indexArgument(value) < 1) throw new CommandError(SYNTAX_ERROR);
      return { ...options, count: indexArgument(value) };
    case 'TYPE':
      return { ...options, type: value.toLowerCase() };
    default:
      throw new CommandError(SYNTAX_ERROR);
  }
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
