import type { Certainty } from './happenings.js';

/** What a rule comes to. `asking`: the happening, or the happenings together, that the rule is broken for. */
export type Answer =
  | { readonly holds: 'certain' }
  | { readonly holds: 'open' }
  | { readonly holds: 'impossible'; readonly asking: readonly number[] };

export const CERTAIN: Answer = { holds: 'certain' };
export const OPEN: Answer = { holds: 'open' };

export interface Call {
  /** The happenings that call for another. */
  readonly asking: readonly number[];
  readonly answering: readonly number[];
  /** Whether the second answers the first. */
  readonly answers: (asking: number, answering: number) => Certainty;
  /** Whether the second answers the first whatever the order is: a cause. */
  readonly byCause: (asking: number, answering: number) => boolean;
  /** True if `answers` is about the order alone, so that one happening can answer for all. */
  readonly uniform: boolean;
}

/**
 * Each of some happenings calls for another.
 *
 * It is certain iff each has one that certainly answers. It is possible iff one happening can answer all that no cause answers already: in any order, the one that
 * answers best (the last to start, for responses; the first to end, for precedences) answers for all that are answered at all. Where pairs are restricted beyond
 * the order, each is looked at alone, which may call possible what is not possible together.
 */
export function everyAnswered({ asking, answering, answers, byCause, uniform }: Call): Answer {
  const alone = asking.filter((x) => answering.every((y) => answers(x, y) === 'impossible'));
  if (alone.length > 0) return { holds: 'impossible', asking: alone };
  const unsettled = asking.filter((x) => !answering.some((y) => byCause(x, y)));
  const together = answering.some((y) => unsettled.every((x) => answers(x, y) !== 'impossible'));
  if (uniform && unsettled.length > 0 && !together) return { holds: 'impossible', asking: unsettled };
  return asking.every((x) => answering.some((y) => answers(x, y) === 'certain')) ? CERTAIN : OPEN;
}

/** None of some happenings is answered. Broken iff one certainly is: orders in which nothing else is always exist together. */
export function noneAnswered({ asking, answering, answers }: Omit<Call, 'byCause' | 'uniform'>): Answer {
  const answered = asking.filter((x) => answering.some((y) => answers(x, y) === 'certain'));
  if (answered.length > 0) return { holds: 'impossible', asking: answered };
  return asking.some((x) => answering.some((y) => answers(x, y) === 'open')) ? OPEN : CERTAIN;
}

/** Both, the first that is broken first. */
export function bothHold(a: Answer, b: Answer): Answer {
  if (a.holds === 'impossible') return a;
  if (b.holds === 'impossible') return b;
  return a.holds === 'certain' && b.holds === 'certain' ? CERTAIN : OPEN;
}
