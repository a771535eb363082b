import { firstFew } from '../model/index.js';
import type { Facts, Occurrence } from './flow/facts.js';

type Pair = readonly [Occurrence, Occurrence];

const MOST_NAMED = 3;

/** The orders that nothing proves, a few of them with how far apart they were read and what the clocks can differ by. */
export function unprovenOrders(pairs: readonly Pair[], facts: Facts): string {
  const byName = new Map<string, Pair>();
  for (const pair of pairs) {
    const name = `${pair[0].step} before ${pair[1].step}`;
    if (!byName.has(name)) byName.set(name, pair);
  }
  const tell = ([name, pair]: readonly [string, Pair]) => `${name} (${whyUnproven(pair, facts)})`;
  return `not proven: ${firstFew([...byName], { most: MOST_NAMED, tell }).join(', ')}`;
}

function whyUnproven([a, b]: Pair, { readingOf, clocks }: Facts): string {
  const [from, to] = [readingOf(a.end ?? a.start), readingOf(b.start)];
  const gap = to.time - from.time;
  const bound = clocks.bound(from.process, to.process);
  const read = gap < 0 ? `read ${toMs(-gap)} ms the other way round` : `read ${toMs(gap)} ms apart`;
  if (!Number.isFinite(bound)) return `${read}, nothing tells what the clocks differ by`;
  return `${read}, the clocks can differ by ${toMs(bound)} ms`;
}

/** To a thousandth: more digits than a clock has say nothing. */
function toMs(nanos: number): number {
  return Math.round(nanos / 1_000) / 1_000;
}
