import { groupBy } from '../../lib/group-by.js';
import { isBefore, type Log, labelOf, type Part } from './seen-request.js';

/**
 * How two steps stand to each other in a log.
 *
 * - `before`, `after`: in every part that has both, each happening of the one certainly comes before each of the other;
 * - `never`: no part has both, though chance alone would have brought them together;
 * - `beside`: anything else. No order may be asked of them.
 */
export type Relation = 'before' | 'after' | 'never' | 'beside';

export type Relations = (a: string, b: string) => Relation;

/** As many meetings would have been expected before their absence says something. */
export const TELLING_ABSENCE = 2;

interface Pair {
  together: number;
  before: number;
  after: number;
}

/** `total` is how many parts there are, those without any of the steps among them. */
export function relationsOf(log: Log, total: number): Relations {
  const pairs = new Map<string, Pair>();
  const alone = new Map<string, number>();
  for (const part of log) {
    const byLabel = membersByLabel(part);
    const labels = [...byLabel.keys()];
    for (const a of labels) {
      alone.set(a, (alone.get(a) ?? 0) + 1);
      for (const b of labels) if (a < b) count(pairs, { a, b, part, byLabel });
    }
  }
  return (a, b) => {
    const pair = pairs.get(a < b ? `${a} ${b}` : `${b} ${a}`);
    if (!pair) {
      return ((alone.get(a) ?? 0) * (alone.get(b) ?? 0)) / total >= TELLING_ABSENCE ? 'never' : 'beside';
    }
    const [before, after] = a < b ? [pair.before, pair.after] : [pair.after, pair.before];
    if (before === pair.together) return 'before';
    return after === pair.together ? 'after' : 'beside';
  };
}

function count(
  pairs: Map<string, Pair>,
  {
    a,
    b,
    part,
    byLabel,
  }: {
    readonly a: string;
    readonly b: string;
    readonly part: Part;
    readonly byLabel: ReadonlyMap<string, readonly number[]>;
  },
): void {
  const pair = pairs.get(`${a} ${b}`) ?? { together: 0, before: 0, after: 0 };
  pairs.set(`${a} ${b}`, pair);
  pair.together++;
  const [of, to] = [byLabel.get(a) ?? [], byLabel.get(b) ?? []];
  if (of.every((first) => to.every((second) => isBefore(part, first, second)))) pair.before++;
  else if (of.every((second) => to.every((first) => isBefore(part, first, second)))) pair.after++;
}

function membersByLabel(part: Part): ReadonlyMap<string, readonly number[]> {
  return groupBy(part.members, (member) => labelOf(part, member));
}
