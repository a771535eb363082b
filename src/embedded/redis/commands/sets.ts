import { argument, type Call, type CommandFamily } from '../command.js';
import { bulk, integer, type Reply } from '../reply.js';

export const SETS: CommandFamily = {
  sadd: { arity: -3, run: addMembers },
  srem: { arity: -3, run: removeMembers },
  smembers: { arity: 2, run: (call) => ({ kind: 'set', items: Array.from(members(call), bulk) }) },
  sismember: { arity: 3, run: (call) => integer(members(call).has(argument(call, 1))) },
  scard: { arity: 2, run: (call) => integer(members(call).size) },
};

function members(call: Call): ReadonlySet<string> {
  return call.keys.read(argument(call, 0), 'set') ?? new Set();
}

function addMembers(call: Call): Reply {
  const key = argument(call, 0);
  const set = call.keys.open(key, 'set', () => new Set());
  const before = set.size;
  for (const member of call.args.slice(1)) set.add(member);
  if (set.size > before) call.keys.changed(key);
  return integer(set.size - before);
}

function removeMembers(call: Call): Reply {
  const key = argument(call, 0);
  const set = call.keys.read(key, 'set');
  const removed = call.args.slice(1).filter((member) => set?.delete(member)).length;
  if (removed > 0) call.keys.changed(key);
  return integer(removed);
}
