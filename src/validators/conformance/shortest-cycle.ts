import { addRow, type BitRows, columnsOf, emptyRows, hasBit, setBit } from './bits.js';
import { demandOf, isInverted, membershipsOf, type PairFacts } from './required-pairs.js';
import type { RequiredOrder } from './run.js';

/** A run requires `before` to come before `after`: to end, or only to start. */
export interface RequiredPair {
  readonly before: number;
  readonly after: number;
  readonly demand: 'start' | 'end';
}

/**
 * A cycle of required pairs: the start of each pair's `after` certainly comes before what the next pair's `before` must do first, and that of the last before
 * the first's.
 *
 * ```
 *   a ends ──flow──▶ b starts ──certain──▶ c ends ──flow──▶ d starts ──certain──▶ a ends
 * ```
 */
export type Cycle = readonly RequiredPair[];

/** Among more sources than this a cycle is looked for, if not of one pair, only from the first. */
const MAX_SOURCES = 200;

/**
 * A cycle with the fewest required pairs, one of them with its `after` among the sources; undefined if none was found. `among` limits the occurrences that
 * a cycle can go through.
 */
export function shortestCycle(
  required: readonly RequiredOrder[],
  options: PairFacts & { readonly sources: readonly number[]; readonly among?: (occurrence: number) => boolean },
): Cycle | undefined {
  const earlier = earlierPairs(required, options);
  for (const after of options.sources) {
    const pair = earlier.of(after).find(({ before, by }) => isInverted(before, after, { ...options, by }));
    if (pair) return [requiredPair(pair.before, after, { ...options, by: pair.by })];
  }
  const reach = new Reach(earlier, options);
  let best: Cycle | undefined;
  for (const source of options.sources.slice(0, MAX_SOURCES)) {
    const cycle = reach.cycleFrom(source, best?.length ?? Infinity);
    if (cycle) best = cycle;
  }
  return best;
}

interface EarlierOne {
  readonly before: number;
  readonly by: 'start' | 'end';
}

interface EarlierPairs {
  /** What the run requires before an occurrence, the nearest in the flow first. */
  of(occurrence: number): readonly EarlierOne[];
}

function earlierPairs(
  required: readonly RequiredOrder[],
  { among = () => true }: { readonly among?: (occurrence: number) => boolean },
): EarlierPairs {
  const memberships = membershipsOf(required);
  return {
    of: (occurrence) =>
      (memberships.get(occurrence) ?? []).flatMap(({ order, part }) =>
        order.parts
          .slice(0, part)
          .reverse()
          .flatMap((members) => members.filter(among).map((before) => ({ before, by: order.by }))),
      ),
  };
}

function requiredPair(
  before: number,
  after: number,
  options: PairFacts & { readonly by: 'start' | 'end' },
): RequiredPair {
  return { before, after, demand: demandOf(before, after, options) === 'start' ? 'start' : 'end' };
}

/** Goes back from an occurrence to those whose start leads, over one required pair, to its own. */
class Reach {
  readonly #earlier: EarlierPairs;
  readonly #options: PairFacts & { readonly among?: (occurrence: number) => boolean };
  readonly #rows: BitRows;
  readonly #known = new Set<number>();

  constructor(earlier: EarlierPairs, options: PairFacts & { readonly among?: (occurrence: number) => boolean }) {
    this.#earlier = earlier;
    this.#options = options;
    this.#rows = emptyRows(options.facts.count, options.facts.count);
  }

  cycleFrom(source: number, shorterThan: number): Cycle | undefined {
    const next = new Map<number, number>();
    let layer = [source];
    for (let length = 1; layer.length > 0 && length < shorterThan; length++) {
      const further: number[] = [];
      for (const after of layer) {
        this.#lookBack(after);
        if (hasBit(this.#rows, after, source)) return this.#cycle(source, after, next);
        for (const before of columnsOf(this.#rows, after)) {
          if (next.has(before) || this.#options.among?.(before) === false) continue;
          next.set(before, after);
          further.push(before);
        }
      }
      layer = further;
    }
    return undefined;
  }

  #lookBack(after: number): void {
    if (this.#known.has(after)) return;
    this.#known.add(after);
    const { beforeStart, beforeEnd } = this.#options.facts;
    for (const { before, by } of this.#earlier.of(after)) {
      const demand = demandOf(before, after, { ...this.#options, by });
      if (demand === 'nothing') continue;
      addRow(this.#rows, after, demand === 'end' ? beforeEnd : beforeStart, before);
      setBit(this.#rows, after, before);
    }
  }

  /** From the source's start over `first`, and on along `next`, back to the source. */
  #cycle(source: number, first: number, next: ReadonlyMap<number, number>): Cycle {
    const starts = [source];
    for (let at: number | undefined = first; at !== undefined && at !== source; at = next.get(at)) starts.push(at);
    return starts.map((from, i) => this.#pairBetween(from, starts[(i + 1) % starts.length] as number));
  }

  #pairBetween(from: number, after: number): RequiredPair {
    const { beforeStart, beforeEnd } = this.#options.facts;
    const pair = this.#earlier.of(after).find(({ before, by }) => {
      const demand = demandOf(before, after, { ...this.#options, by });
      if (demand === 'nothing') return false;
      return from === before || hasBit(demand === 'end' ? beforeEnd : beforeStart, before, from);
    });
    if (!pair) throw new Error('a cycle was found over a pair that is not there');
    return requiredPair(pair.before, after, { ...this.#options, by: pair.by });
  }
}
