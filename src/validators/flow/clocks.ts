import type { StableFacts } from './order-facts.js';
import { TOLERANCE_NANOS } from './tolerance.js';

/**
 * What is known of the clocks of the processes.
 *
 * Each clock is off by an unknown constant θ. A cause p → q, read as t(p) by clock X and as t(q) by clock Y, says θY − θX ≤ t(q) − t(p),
 * with a millisecond to spare, since starts are read in whole ones. The shortest paths over these bounds say all that follows from them:
 * p is certainly before q if and only if t(q) − t(p) exceeds the bound from X to Y.
 */
export interface Clocks {
  /** Most that clock `to` can be ahead of clock `from`, nanoseconds; infinite where nothing is known. Clocks go by the numbers of their processes. */
  bound(from: number, to: number): number;
  /** Clocks whose readings contradict each other or the causes: nothing may be concluded from them. */
  readonly dropped: ReadonlySet<number>;
}

/** Solves the bounds. Clocks on a cycle that sums to less than zero are dropped, and the rest is solved without them. */
export function solveClocks(
  readings: StableFacts['readings'],
  { count, broken }: { readonly count: number; readonly broken: ReadonlySet<number> },
): Clocks {
  const dropped = new Set(broken);
  for (;;) {
    const bounds = shortestBounds(readings, { count, dropped });
    let contradicted = false;
    for (let process = 0; process < count; process++) {
      if (dropped.has(process) || (bounds[process * count + process] as number) >= 0) continue;
      dropped.add(process);
      contradicted = true;
    }
    if (!contradicted) return { dropped, bound: (from, to) => bounds[from * count + to] ?? Infinity };
  }
}

/** Most that each clock can be ahead of each other one; a clock that is dropped is tied to none. */
function shortestBounds(
  readings: StableFacts['readings'],
  { count, dropped }: { readonly count: number; readonly dropped: ReadonlySet<number> },
): readonly number[] {
  const bounds: number[] = [];
  for (let i = 0; i < count * count; i++) bounds.push(Infinity);
  for (let i = 0; i < count; i++) if (!dropped.has(i)) bounds[i * count + i] = 0;
  for (let i = 0; i < readings.length; i += 3) {
    const from = readings[i] as number;
    const to = readings[i + 1] as number;
    const bound = (readings[i + 2] as number) + TOLERANCE_NANOS;
    if (dropped.size > 0 && (dropped.has(from) || dropped.has(to))) continue;
    const at = from * count + to;
    if (bound < (bounds[at] as number)) bounds[at] = bound;
  }
  for (let k = 0; k < count; k++) for (let i = 0; i < count; i++) shorten(bounds, { from: i, over: k, count });
  return bounds;
}

function shorten(
  bounds: number[],
  { from, over, count }: { readonly from: number; readonly over: number; readonly count: number },
): void {
  const first = bounds[from * count + over] as number;
  if (first === Infinity) return;
  for (let to = 0; to < count; to++) {
    const sum = first + (bounds[over * count + to] as number);
    if (sum < (bounds[from * count + to] as number)) bounds[from * count + to] = sum;
  }
}
