import { argument, type Call, type CommandFamily, pairs } from '../command.js';
import { CommandError, SYNTAX_ERROR } from '../command-error.js';
import { parseFloatStrictly } from '../numbers.js';
import { integer, NIL, type Reply } from '../reply.js';
import { rangeByScore, rangeCommand } from '../sorted-set-range.js';

const ZADD_FLAGS = ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'];

export const SORTED_SETS: CommandFamily = {
  zadd: { arity: -4, run: add },
  zrange: { arity: -4, run: rangeCommand },
  zrangebyscore: { arity: -4, run: rangeByScore },
  zscore: { arity: 3, run: score },
  zrem: { arity: -3, run: removeMembers },
  zcard: { arity: 2, run: (call) => integer(call.keys.read(argument(call, 0), 'zset')?.size ?? 0) },
};

function score(call: Call): Reply {
  const value = call.keys.read(argument(call, 0), 'zset')?.get(argument(call, 1));
  return value === undefined ? NIL : { kind: 'double', value };
}

function removeMembers(call: Call): Reply {
  const key = argument(call, 0);
  const scores = call.keys.read(key, 'zset');
  const removed = call.args.slice(1).filter((member) => scores?.delete(member)).length;
  if (removed > 0) call.keys.changed(key);
  return integer(removed);
}

interface Addition {
  readonly flags: ReadonlySet<string>;
  readonly scored: readonly (readonly [number, string])[];
}

function add(call: Call): Reply {
  const key = argument(call, 0);
  const { flags, scored } = readAddition(call);
  const held = call.keys.read(key, 'zset') ?? new Map<string, number>();
  const planned = planScores(held, flags, scored);
  const added = [...planned.keys()].filter((member) => !held.has(member)).length;
  const updated = [...planned].filter(([member, value]) => held.has(member) && held.get(member) !== value).length;
  if (added + updated > 0) {
    const scores = call.keys.open(key, 'zset', () => new Map());
    for (const [member, value] of planned) scores.set(member, value);
    call.keys.changed(key);
  }
  if (flags.has('INCR')) return incremented(planned.get(scored[0]?.[1] ?? ''));
  return integer(flags.has('CH') ? added + updated : added);
}

function incremented(value: number | undefined): Reply {
  return value === undefined ? NIL : { kind: 'double', value };
}

/** What each member's score becomes; members that the flags leave alone are not in it. */
function planScores(
  held: ReadonlyMap<string, number>,
  flags: ReadonlySet<string>,
  scored: Addition['scored'],
): ReadonlyMap<string, number> {
  const planned = new Map<string, number>();
  for (const [given, member] of scored) {
    const before = planned.get(member) ?? held.get(member);
    const value = flags.has('INCR') ? given + (before ?? 0) : given;
    if (Number.isNaN(value)) throw new CommandError('ERR resulting score is not a number (NaN)');
    if (mayWrite(flags, before, value)) planned.set(member, value);
  }
  return planned;
}

function mayWrite(flags: ReadonlySet<string>, before: number | undefined, value: number): boolean {
  if (before === undefined) return !flags.has('XX');
  if (flags.has('NX')) return false;
  if (flags.has('GT')) return value > before;
  return !flags.has('LT') || value < before;
}

function readAddition(call: Call): Addition {
  const flags = new Set<string>();
  let at = 1;
  while (ZADD_FLAGS.includes((call.args[at] ?? '').toUpperCase())) flags.add((call.args[at++] ?? '').toUpperCase());
  const rest = call.args.slice(at);
  if (rest.length === 0 || rest.length % 2 === 1) throw new CommandError(SYNTAX_ERROR);
  refuseContradictions(flags, rest.length / 2);
  return { flags, scored: pairs(call, rest).map(([text, member]) => [scoreArgument(text), member] as const) };
}

function refuseContradictions(flags: ReadonlySet<string>, count: number): void {
  const compared = Number(flags.has('GT')) + Number(flags.has('LT')) + Number(flags.has('NX'));
  if (flags.has('NX') && flags.has('XX')) {
    throw new CommandError('ERR XX and NX options at the same time are not compatible');
  }
  if (compared > 1) throw new CommandError('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (flags.has('INCR') && count > 1) {
    throw new CommandError('ERR INCR option supports a single increment-element pair');
  }
}

function scoreArgument(text: string): number {
  const value = parseFloatStrictly(text);
  if (value === undefined) throw new CommandError('ERR value is not a valid float');
  return value;
}
