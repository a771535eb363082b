import { argument, type Call, type CommandFamily } from '../command.js';
import { CommandError, wrongArity } from '../command-error.js';
import { indexArgument, parseInteger } from '../numbers.js';
import { bulk, bulks, integer, NIL, NIL_ARRAY, OK, type Reply } from '../reply.js';
import { sliceOf } from '../slice-of.js';

export const LISTS: CommandFamily = {
  lpush: { arity: -3, run: (call) => push(call, (list, item) => list.unshift(item)) },
  rpush: { arity: -3, run: (call) => push(call, (list, item) => list.push(item)) },
  lpop: { arity: -2, run: (call) => pop(call, (list, count) => list.splice(0, count)) },
  rpop: { arity: -2, run: (call) => pop(call, (list, count) => list.splice(-count, count).reverse()) },
  lrange: { arity: 4, run: range },
  llen: { arity: 2, run: (call) => integer(items(call).length) },
  lindex: { arity: 3, run: atIndex },
  lrem: { arity: 4, run: removeItems },
  ltrim: { arity: 4, run: trim },
};

function items(call: Call): readonly string[] {
  return call.keys.read(argument(call, 0), 'list') ?? [];
}

function push(call: Call, put: (list: string[], item: string) => number): Reply {
  const key = argument(call, 0);
  const list = call.keys.open(key, 'list', () => []);
  for (const item of call.args.slice(1)) put(list, item);
  call.keys.changed(key);
  return integer(list.length);
}

/** Without a count one item or nil; with one an array, nil when there is no list. */
function pop(call: Call, take: (list: string[], count: number) => string[]): Reply {
  if (call.args.length > 2) throw wrongArity(call.name);
  const key = argument(call, 0);
  const hasCount = call.args.length === 2;
  const count = hasCount ? positiveCount(argument(call, 1)) : 1;
  const list = call.keys.read(key, 'list');
  if (list === undefined) return hasCount ? NIL_ARRAY : NIL;
  const taken = count === 0 ? [] : take(list, Math.min(count, list.length));
  if (taken.length > 0) call.keys.changed(key);
  return hasCount ? bulks(taken) : bulk(taken[0]);
}

function positiveCount(text: string): number {
  const count = parseInteger(text);
  if (count === undefined || count < 0n) throw new CommandError('ERR value is out of range, must be positive');
  return Number(count);
}

function range(call: Call): Reply {
  const start = indexArgument(call.args[1]);
  const stop = indexArgument(call.args[2]);
  return bulks(sliceOf(items(call), start, stop));
}

function atIndex(call: Call): Reply {
  return bulk(items(call).at(indexArgument(call.args[1])));
}

/** A positive count removes from the head, a negative one from the tail, zero all. */
function removeItems(call: Call): Reply {
  const key = argument(call, 0);
  const count = indexArgument(call.args[1]);
  const unwanted = argument(call, 2);
  const list = call.keys.read(key, 'list');
  if (list === undefined) return integer(0);
  const places = [...list.keys()].filter((index) => list[index] === unwanted);
  const doomed = new Set(count > 0 ? places.slice(0, count) : count < 0 ? places.slice(count) : places);
  if (doomed.size > 0) replaceItems(call, list, (_item, index) => !doomed.has(index));
  return integer(doomed.size);
}

function trim(call: Call): Reply {
  const start = indexArgument(call.args[1]);
  const stop = indexArgument(call.args[2]);
  const list = call.keys.read(argument(call, 0), 'list');
  if (list === undefined) return OK;
  const kept = sliceOf([...list.keys()], start, stop);
  const first = kept[0] ?? list.length;
  replaceItems(call, list, (_item, index) => index >= first && index < first + kept.length);
  return OK;
}

function replaceItems(call: Call, list: string[], keep: (item: string, index: number) => boolean): void {
  const kept = list.filter(keep);
  list.length = 0;
  for (const item of kept) list.push(item);
  call.keys.changed(argument(call, 0));
}
