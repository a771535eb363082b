import { argument, type Call, type CommandFamily } from '../command.js';
import type { Entry } from '../keyspace.js';
import { formatScore } from '../numbers.js';
import { array, bulk, bulks, type Reply } from '../reply.js';
import { scanCursor, scanOptions } from '../scan-options.js';

export const SCANS: CommandFamily = {
  scan: { arity: -2, run: scanKeys },
  hscan: { arity: -3, run: (call) => scanWithin(call, call.keys.read(argument(call, 0), 'hash'), (value) => value) },
  sscan: { arity: -3, run: (call) => scanWithin(call, membersOf(call)) },
  zscan: { arity: -3, run: (call) => scanWithin(call, call.keys.read(argument(call, 0), 'zset'), formatScore) },
};

/** A key that exists during a whole scan is returned by it, once. */
function scanKeys(call: Call): Reply {
  const cursor = scanCursor(argument(call, 0));
  const { fits, count, type } = scanOptions(call.args.slice(1), { hasTypes: true });
  const { page, isLast } = pageAfter(cursor, count, call.keys.keys());
  const isTypeWanted = (entry: Entry) => type === undefined || entry.type === type;
  const found = page.filter(([key, entry]) => fits(key) && isTypeWanted(entry)).map(([key]) => key);
  return array([bulk(String(isLast ? 0 : (page.at(-1)?.[1].sequence ?? 0))), bulks(found)]);
}

type KeyAndEntry = readonly [key: string, entry: Entry];

function pageAfter(cursor: number, count: number, keys: Iterable<KeyAndEntry>) {
  const page: KeyAndEntry[] = [];
  for (const key of keys) {
    if (key[1].sequence <= cursor) continue;
    if (page.length === count) return { page, isLast: false };
    page.push(key);
  }
  return { page, isLast: true };
}

function membersOf(call: Call): readonly (readonly [string, undefined])[] | undefined {
  const set = call.keys.read(argument(call, 0), 'set');
  return set && Array.from(set, (member) => [member, undefined]);
}

/** All of a collection at once, as Redis gives small ones; of one that is not there, whatever the options are. */
function scanWithin<T>(
  call: Call,
  items: Iterable<readonly [string, T]> | undefined,
  shown?: (value: T) => string,
): Reply {
  scanCursor(argument(call, 1));
  const { fits } = items ? scanOptions(call.args.slice(2)) : scanOptions([]);
  const found = [...(items ?? [])].filter(([name]) => fits(name));
  return array([bulk('0'), bulks(found.flatMap(([name, value]) => (shown ? [name, shown(value)] : [name])))]);
}
