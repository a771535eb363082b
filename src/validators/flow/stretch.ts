import type { Budget } from '../../model/index.js';
import type { Clocks } from './clocks.js';
import type { ClockReading } from './facts.js';

/** What a stretch took, milliseconds: as the clocks read it, and between which bounds it lies whatever they are off by. */
export interface Stretch {
  readonly readMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** True if it certainly ended before it began. */
  readonly isReversed?: boolean;
}

/** The remark on a budget that only the clocks say is met. */
export function metAsRead(name: string): string {
  return `budget ${name} is met by the clocks as read, not proven across processes`;
}

/** What a budget over a stretch is called. */
export function stretchName(budget: Extract<Budget, { kind: 'total' | 'between' }>): string {
  return budget.kind === 'total' ? 'total' : `${budget.from} -> ${budget.to}`;
}

/** The longest way from any of the starts to any of the ends. Undefined if there is none. */
export function measure(
  starts: readonly ClockReading[],
  { ends, clocks }: { readonly ends: readonly ClockReading[]; readonly clocks: Pick<Clocks, 'bound'> },
): Stretch | undefined {
  let [low, high, read] = [0, 0, 0];
  let latest = -Infinity;
  for (const start of starts) {
    for (const end of ends) {
      const between = end.time - start.time;
      low = Math.max(low, between - clocks.bound(start.process, end.process));
      latest = Math.max(latest, between + clocks.bound(end.process, start.process));
      high = Math.max(high, latest);
      read = Math.max(read, between);
    }
  }
  if (starts.length === 0 || ends.length === 0) return undefined;
  return { lowMs: toMs(low), highMs: toMs(high), readMs: toMs(read), isReversed: latest < 0 };
}

/** The reading that comes first as the clocks read; of equals, the first. */
export function earliest(readings: readonly ClockReading[]): ClockReading | undefined {
  return readings.reduce<ClockReading | undefined>(
    (first, each) => (first && first.time <= each.time ? first : each),
    undefined,
  );
}

/** To a thousandth: more digits than a clock has say nothing. */
function toMs(nanos: number): number {
  return Math.round(nanos / 1_000) / 1_000;
}
