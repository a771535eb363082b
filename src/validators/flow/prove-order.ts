import type { Strength } from '../../model/index.js';
import type { Facts, Occurrence } from './facts.js';
import { reachability } from './reach.js';
import type { OrderedGroup } from './run-order.js';

export interface ProvenPairs {
  readonly strength: Strength;
  /** Required pairs that are neither proven nor violated. */
  readonly undecided: readonly (readonly [Occurrence, Occurrence])[];
}

/** How many of the pairs that must be in order are proven to be so: each occurrence of an earlier part with each of every later one. */
export function provePairs(groups: readonly OrderedGroup[], facts: Facts): ProvenPairs {
  const pairs = groups.flatMap(pairsOf);
  const points = new Set(pairs.flatMap(({ a, b }) => [a, b]).flatMap(({ start, end }) => [start, end ?? start]));
  const before = reachability(facts.certain, [...points]) ?? (() => false);
  const undecided: (readonly [Occurrence, Occurrence])[] = [];
  let proven = 0;
  for (const pair of pairs) {
    if (isProven(pair, { facts, before })) proven++;
    else if (!isViolated(pair, { facts, before })) undecided.push([pair.a, pair.b]);
  }
  return { strength: { required: pairs.length, proven, undecided: undecided.length }, undecided };
}

interface Pair {
  readonly a: Occurrence;
  readonly b: Occurrence;
  readonly by: 'start' | 'end';
}

interface Known {
  readonly facts: Facts;
  readonly before: (from: number, to: number) => boolean;
}

function pairsOf({ parts, by }: OrderedGroup): readonly Pair[] {
  return parts.flatMap((part, i) => {
    const later = parts.slice(i + 1).flat();
    return part.flatMap((a) => later.map((b) => ({ a, b, by })));
  });
}

function isProven({ a, b, by }: Pair, { facts, before }: Known): boolean {
  const point = by === 'start' ? a.start : a.end;
  return facts.causes(a, b) || (point !== undefined && before(point, b.start));
}

function isViolated({ a, b, by }: Pair, { facts, before }: Known): boolean {
  if (facts.causes(b, a)) return true;
  return before(b.start, by === 'end' && b.tied ? (a.end ?? a.start) : a.start);
}
