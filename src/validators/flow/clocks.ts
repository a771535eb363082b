import type { ClockReading } from './order-facts.js';
import { TOLERANCE_NANOS } from './tolerance.js';

/**
 * What is known of the clocks of the processes.
 *
 * Each clock is off by an unknown constant θ. A cause p → q, read as t(p) by clock X and as t(q) by clock Y, says θY − θX ≤ t(q) − t(p),
 * with a millisecond to spare, since starts are read in whole ones. The shortest paths over these bounds say all that follows from them:
 * p is certainly before q if and only if t(q) − t(p) exceeds the bound from X to Y.
 */
export interface Clocks {
  /** Most that clock `to` can be ahead of clock `from`, nanoseconds; infinite where nothing is known. */
  bound(from: string, to: string): number;
  /** Clocks whose readings contradict each other or the causes: nothing may be concluded from them. */
  readonly dropped: ReadonlySet<string>;
  readonly usable: readonly string[];
}

/** Solves the bounds. Clocks on a cycle that sums to less than zero are dropped, and the rest is solved without them. */
export function solveClocks(
  readings: readonly ClockReading[],
  { processes, broken }: { readonly processes: Iterable<string>; readonly broken: ReadonlySet<string> },
): Clocks {
  const dropped = new Set(broken);
  const all = [...new Set(processes)];
  for (;;) {
    const usable = all.filter((process) => !dropped.has(process));
    const place = new Map(usable.map((process, i) => [process, i] as const));
    const bounds = shortestBounds(readings, place);
    const contradicted = usable.filter((_, i) => (bounds[i * usable.length + i] ?? 0) < 0);
    if (contradicted.length === 0) {
      return {
        usable,
        dropped,
        bound: (from, to) => {
          const [x, y] = [place.get(from), place.get(to)];
          return x === undefined || y === undefined ? Infinity : (bounds[x * usable.length + y] ?? Infinity);
        },
      };
    }
    for (const process of contradicted) dropped.add(process);
  }
}

function shortestBounds(readings: readonly ClockReading[], place: ReadonlyMap<string, number>): Float64Array {
  const n = place.size;
  const bounds = new Float64Array(n * n).fill(Infinity);
  const lower = (at: number, bound: number): void => {
    if (bound < (bounds[at] ?? Infinity)) bounds[at] = bound;
  };
  for (let i = 0; i < n; i++) lower(i * n + i, 0);
  for (const { from, to, difference } of readings) {
    const [x, y] = [place.get(from), place.get(to)];
    if (x !== undefined && y !== undefined) lower(x * n + y, difference + TOLERANCE_NANOS);
  }
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      const first = bounds[i * n + k] ?? Infinity;
      for (let j = 0; j < n && first !== Infinity; j++) lower(i * n + j, first + (bounds[k * n + j] ?? Infinity));
    }
  }
  return bounds;
}
