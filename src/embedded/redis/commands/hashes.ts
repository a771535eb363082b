import { argument, type Call, type CommandFamily, pairs } from '../command.js';
import { CommandError } from '../command-error.js';
import { integerArgument, isInt64 } from '../numbers.js';
import { array, bulk, bulks, integer, type Reply } from '../reply.js';

export const HASHES: CommandFamily = {
  hset: { arity: -4, run: (call) => integer(setFields(call)) },
  hget: { arity: 3, run: (call) => bulk(fields(call).get(argument(call, 1))) },
  hgetall: { arity: 2, run: getAll },
  hdel: { arity: -3, run: deleteFields },
  hexists: { arity: 3, run: (call) => integer(fields(call).has(argument(call, 1))) },
  hkeys: { arity: 2, run: (call) => bulks(fields(call).keys()) },
  hvals: { arity: 2, run: (call) => bulks(fields(call).values()) },
  hlen: { arity: 2, run: (call) => integer(fields(call).size) },
  hmget: { arity: -3, run: getFields },
  hincrby: { arity: 4, run: incrementField },
};

function fields(call: Call): ReadonlyMap<string, string> {
  return call.keys.read(argument(call, 0), 'hash') ?? new Map();
}

function setFields(call: Call): number {
  const key = argument(call, 0);
  const given = pairs(call, call.args.slice(1));
  const hash = call.keys.open(key, 'hash', () => new Map());
  const before = hash.size;
  for (const [field, value] of given) hash.set(field, value);
  call.keys.changed(key);
  return hash.size - before;
}

function getAll(call: Call): Reply {
  return { kind: 'map', entries: Array.from(fields(call), ([field, value]) => [bulk(field), bulk(value)] as const) };
}

function getFields(call: Call): Reply {
  const held = fields(call);
  return array(call.args.slice(1).map((field) => bulk(held.get(field))));
}

function deleteFields(call: Call): Reply {
  const key = argument(call, 0);
  const hash = call.keys.read(key, 'hash');
  const deleted = call.args.slice(1).filter((field) => hash?.delete(field)).length;
  if (deleted > 0) call.keys.changed(key);
  return integer(deleted);
}

function incrementField(call: Call): Reply {
  const field = argument(call, 1);
  const step = integerArgument(call.args[2]);
  const held = fields(call).get(field) ?? '0';
  const sum = integerArgument(held, 'ERR hash value is not an integer') + step;
  if (!isInt64(sum)) throw new CommandError('ERR increment or decrement would overflow');
  setFields({ ...call, args: [argument(call, 0), field, String(sum)] });
  return integer(sum);
}
