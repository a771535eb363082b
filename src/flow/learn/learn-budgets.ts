import type { SeenRequest } from './seen-request.js';

/** A time that was seen, and the bound that is set over it. */
export interface LearntBudget {
  /** `total`, or a step. */
  readonly of: string;
  readonly limitMs: number;
  readonly seenMs: { readonly least: number; readonly most: number };
}

/** A bound is this many times the longest time that was seen, rounded up. */
export const BUDGET_MARGIN = 3;
/** Below this the luck of a busy machine says more than the work. */
const LEAST_BUDGET_MS = 1_000;
/** Steps that never took this share of the longest request are quick enough to go without a bound. */
const TELLING_SHARE = 0.2;

/** A budget for the whole request, and one for each step that takes a good part of it. */
export function learnBudgets(requests: readonly SeenRequest[]): readonly LearntBudget[] {
  const total = budgetOf(
    'total',
    requests.map(({ totalMs }) => totalMs),
  );
  const steps = new Map<string, number[]>();
  for (const { step, durationMs } of requests.flatMap((request) => request.steps)) {
    const known = steps.get(step) ?? [];
    known.push(durationMs);
    steps.set(step, known);
  }
  const slow = [...steps]
    .map(([step, durations]) => budgetOf(step, durations))
    .filter(({ seenMs, limitMs }) => seenMs.most >= TELLING_SHARE * total.seenMs.most && limitMs < total.limitMs);
  return [total, ...slow];
}

function budgetOf(of: string, durations: readonly number[]): LearntBudget {
  const [least, most] = [Math.min(...durations), Math.max(...durations)];
  return { of, limitMs: roundUp(Math.max(BUDGET_MARGIN * most, LEAST_BUDGET_MS)), seenMs: { least, most } };
}

/** The next 1, 2 or 5 with zeros. */
function roundUp(ms: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(ms));
  return [1, 2, 5, 10].map((digit) => digit * magnitude).find((round) => round >= ms) ?? 10 * magnitude;
}
