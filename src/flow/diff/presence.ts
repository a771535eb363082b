import { type FlowNode, type Presence, partsOf } from '../../model/index.js';

/** Which of two steps a run can have, as a set of bits: bit 0 for none of them, 1 for the first alone, 2 for the second alone, 3 for both. */
type Combinations = number;

const NONE: Combinations = 0b0001;
const FIRST: Combinations = 0b0010;
const SECOND: Combinations = 0b0100;
const BOTH: Combinations = 0b1000;

/** What an order requires of whether two steps happen together, beyond what holds of each of them by itself. */
export function presenceOf(order: FlowNode, first: string, second: string): ReadonlySet<Presence> {
  const can = combinations(order, first, second);
  const alwaysFirst = (can & (NONE | SECOND)) === 0;
  const alwaysSecond = (can & (NONE | FIRST)) === 0;
  const found = new Set<Presence>();
  if ((can & BOTH) === 0) found.add('never-both');
  if ((can & FIRST) === 0 && !alwaysSecond) found.add('first-needs-second');
  if ((can & SECOND) === 0 && !alwaysFirst) found.add('second-needs-first');
  if ((can & NONE) === 0 && !alwaysFirst && !alwaysSecond) found.add('one-of-both');
  return found;
}

/** True where the statement holds, be it for what holds of each step by itself. */
export function holdsPresence(order: FlowNode, says: Presence, [first, second]: readonly [string, string]): boolean {
  const forbidden = {
    'never-both': BOTH,
    'first-needs-second': FIRST,
    'second-needs-first': SECOND,
    'one-of-both': NONE,
  };
  return (combinations(order, first, second) & forbidden[says]) === 0;
}

export function canBeTogether(order: FlowNode, first: string, second: string): boolean {
  return (combinations(order, first, second) & BOTH) !== 0;
}

function combinations(node: FlowNode, first: string, second: string): Combinations {
  if (node.kind === 'step') return node.step === first ? FIRST : node.step === second ? SECOND : NONE;
  const parts = partsOf(node).map((part) => combinations(part, first, second));
  switch (node.kind) {
    case 'choice':
      return union(parts);
    case 'any-of':
      return parts.reduce((some, part) => some | part | join(some, part), 0);
    case 'optional':
      return NONE | union(parts);
    case 'if':
      return union(parts) | (node.otherwise ? 0 : NONE);
    case 'repeat': {
      const [child = NONE, between = NONE] = parts;
      return rounds(node, { child, between });
    }
    default:
      return parts.reduce(join, NONE);
  }
}

function rounds(
  { min, max }: Extract<FlowNode, { kind: 'repeat' }>,
  { child, between }: { readonly child: Combinations; readonly between: Combinations },
): Combinations {
  let all = min === 0 ? NONE : 0;
  let begun = child;
  // After three rounds more of them add nothing to which steps there are.
  for (let round = 1; round <= Math.min(max ?? Infinity, min + 3); round++) {
    if (round >= min) all |= begun;
    begun = join(begun, join(between, child));
  }
  return all;
}

function union(parts: readonly Combinations[]): Combinations {
  return parts.reduce((all, part) => all | part, 0);
}

/** What there can be of both: each of the one with each of the other. A combination is a bit's place, and places join as sets of two do. */
function join(a: Combinations, b: Combinations): Combinations {
  let joined = 0;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) if ((a >> i) & 1 && (b >> j) & 1) joined |= 1 << (i | j);
  }
  return joined;
}
