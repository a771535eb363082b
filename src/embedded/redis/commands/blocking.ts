import type { Call, CommandFamily } from '../command.js';
import { CommandError } from '../command-error.js';
import { isInt64, parseFloatStrictly } from '../numbers.js';
import { array, bulk, NIL_ARRAY, NO_REPLY, type Reply } from '../reply.js';

type TakeItem = (list: string[]) => string | undefined;

/** The two waiting commands that queues are made of. Those that wait for other things are refused by name. */
export const BLOCKING: CommandFamily = {
  blpop: { arity: -3, run: (call) => popOrWait(call, (list) => list.shift()) },
  brpop: { arity: -3, run: (call) => popOrWait(call, (list) => list.pop()) },
};

/** The first of the keys that has an item; in a transaction, where nobody waits, nil when none has. */
function popOrWait({ args, keys, server, session, mayWait }: Call, takeItem: TakeItem): Reply {
  const names = args.slice(0, -1);
  const endsAtMs = endOfWait(args.at(-1) ?? '', server.nowMs);
  const pop = (name: string, list: string[]) => {
    const item = takeItem(list);
    keys.changed(name);
    return array([bulk(name), bulk(item)]);
  };
  for (const name of names) {
    const list = keys.read(name, 'list');
    if (list !== undefined) return pop(name, list);
  }
  if (!mayWait) return NIL_ARRAY;
  // A key that becomes something else than a list meanwhile is nothing to wait for.
  const take = (name: string) =>
    keys.find(name)?.type === 'list' ? pop(name, keys.read(name, 'list') ?? []) : undefined;
  server.waitingRoom.enter({ waiter: session, keys, names, endsAtMs, take });
  return NO_REPLY;
}

/** Seconds, with fractions; 0 is forever. */
function endOfWait(text: string, nowMs: bigint): bigint | undefined {
  const seconds = parseFloatStrictly(text);
  if (seconds === undefined) throw new CommandError('ERR timeout is not a float or out of range');
  const ms = Math.ceil(seconds * 1000);
  if (!Number.isFinite(ms) || !isInt64(BigInt(ms))) throw new CommandError('ERR timeout is out of range');
  if (ms < 0) throw new CommandError('ERR timeout is negative');
  return ms === 0 ? undefined : nowMs + BigInt(ms);
}
