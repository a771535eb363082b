/** How sure it is that one thing comes before another: in every possible order, in none, or in some. */
export type Certainty = 'certain' | 'impossible' | 'open';

/**
 * What rules look at: happenings by number, each of one step, with the order of their points. Point 2i is the start of happening i, 2i + 1 its end.
 */
export interface Happenings {
  /** The step of each. */
  readonly steps: readonly string[];
  /** True if the one point is certainly before the other; transitive. */
  before(p: number, q: number): boolean;
  /** True if i is an ancestor of j. */
  causes(i: number, j: number): boolean;
  /** False for a happening whose ancestors are not all known: its causes may yet turn out. */
  isTied(i: number): boolean;
}

export const startOf = (i: number): number => 2 * i;
export const endOf = (i: number): number => 2 * i + 1;

/**
 * Whether i precedes j: it is a cause of j, or it ends before j starts.
 *
 * ```
 *   i ────       j ────        certain
 *   i ────────
 *        j ────                impossible, unless i is a cause of j
 * ```
 */
export function precedes(happenings: Happenings, i: number, j: number): Certainty {
  if (i === j) return 'impossible';
  if (happenings.causes(i, j) || happenings.before(endOf(i), startOf(j))) return 'certain';
  if (happenings.causes(j, i)) return 'impossible';
  const last = happenings.isTied(j) ? endOf(i) : startOf(i);
  return happenings.before(startOf(j), last) ? 'impossible' : 'open';
}

/** Both of two things: impossible if one of them is, certain if both are. */
export function both(a: Certainty, b: Certainty): Certainty {
  if (a === 'impossible' || b === 'impossible') return 'impossible';
  return a === 'certain' && b === 'certain' ? 'certain' : 'open';
}
