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

/** Of more occurrences than this only cycles of one pair are looked for. */
const MOST_OCCURRENCES = 2_048;

export interface CycleOptions extends PairFacts {
  /** The occurrences that a cycle can go through. */
  readonly among: (occurrence: number) => boolean;
}

/** A cycle with the fewest required pairs, through any of these occurrences; undefined if none was found. */
export function shortestCycle(
  required: readonly RequiredOrder[],
  options: CycleOptions & { readonly sources: readonly number[] },
): Cycle | undefined {
  const pairs = new RequiredPairs(required, options);
  for (const after of options.sources) {
    const pair = pairs.findEarlier(after, (before, by) => isInverted(before, after, { ...options, by }));
    if (pair) return [pair];
  }
  return longerCycle(pairs, options);
}

/** A cycle with the fewest required pairs through one occurrence, where there is none that does not go through it; undefined if none was found. */
export function cycleThrough(
  occurrence: number,
  required: readonly RequiredOrder[],
  options: CycleOptions,
): Cycle | undefined {
  const pairs = new RequiredPairs(required, options);
  const pair =
    pairs.findEarlier(occurrence, (before, by) => isInverted(before, occurrence, { ...options, by })) ??
    pairs.findLater(occurrence, (after, by) => isInverted(occurrence, after, { ...options, by }));
  if (pair) return [pair];
  const sources = [occurrence];
  pairs.findLater(occurrence, (after) => {
    sources.push(after);
    return false;
  });
  return longerCycle(pairs, { ...options, sources });
}

function longerCycle(
  pairs: RequiredPairs,
  options: CycleOptions & { readonly sources: readonly number[] },
): Cycle | undefined {
  if (options.facts.count > MOST_OCCURRENCES) return undefined;
  const reach = new Reach(pairs, options);
  let best: Cycle | undefined;
  for (const source of options.sources.slice(0, MAX_SOURCES)) {
    const cycle = reach.cycleFrom(source, best?.length ?? Infinity);
    if (cycle) best = cycle;
  }
  return best;
}

type PairTest = (other: number, by: 'start' | 'end') => boolean;

/** The pairs that a run requires, looked for one by one instead of being listed. */
class RequiredPairs {
  readonly #memberships: ReturnType<typeof membershipsOf>;
  readonly #options: CycleOptions;

  constructor(required: readonly RequiredOrder[], options: CycleOptions) {
    this.#memberships = membershipsOf(required);
    this.#options = options;
  }

  /** What the run requires before an occurrence, the nearest in the flow first. */
  findEarlier(after: number, test: PairTest): RequiredPair | undefined {
    for (const { order, part } of this.#memberships.get(after) ?? []) {
      for (let at = part - 1; at >= 0; at--) {
        const before = order.parts[at]?.find((each) => this.#options.among(each) && test(each, order.by));
        if (before !== undefined) return this.#pair(before, after, order.by);
      }
    }
    return undefined;
  }

  findLater(before: number, test: PairTest): RequiredPair | undefined {
    for (const { order, part } of this.#memberships.get(before) ?? []) {
      for (let at = part + 1; at < order.parts.length; at++) {
        const after = order.parts[at]?.find((each) => this.#options.among(each) && test(each, order.by));
        if (after !== undefined) return this.#pair(before, after, order.by);
      }
    }
    return undefined;
  }

  #pair(before: number, after: number, by: 'start' | 'end'): RequiredPair {
    const demand = demandOf(before, after, { ...this.#options, by });
    return { before, after, demand: demand === 'start' ? 'start' : 'end' };
  }
}

/** Goes back from an occurrence to those whose start leads, over one required pair, to its own. */
class Reach {
  readonly #pairs: RequiredPairs;
  readonly #options: CycleOptions;
  readonly #rows: BitRows;
  readonly #known = new Set<number>();

  constructor(pairs: RequiredPairs, options: CycleOptions) {
    this.#pairs = pairs;
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
          if (next.has(before) || !this.#options.among(before)) continue;
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
    this.#pairs.findEarlier(after, (before, by) => {
      const row = this.#rowBefore(before, after, by);
      if (!row) return false;
      addRow(this.#rows, after, row, before);
      setBit(this.#rows, after, before);
      return false;
    });
  }

  /** The starts that come before what an occurrence must do before another starts; undefined if it need do nothing. */
  #rowBefore(before: number, after: number, by: 'start' | 'end'): BitRows | undefined {
    const demand = demandOf(before, after, { ...this.#options, by });
    if (demand === 'nothing') return undefined;
    return demand === 'end' ? this.#options.facts.beforeEnd : this.#options.facts.beforeStart;
  }

  /** From the source's start over `first`, and on along `next`, back to the source. */
  #cycle(source: number, first: number, next: ReadonlyMap<number, number>): Cycle {
    const starts = [source];
    for (let at: number | undefined = first; at !== undefined && at !== source; at = next.get(at)) starts.push(at);
    return starts.map((from, i) => this.#pairBetween(from, starts[(i + 1) % starts.length] as number));
  }

  #pairBetween(from: number, after: number): RequiredPair {
    const pair = this.#pairs.findEarlier(after, (before, by) => {
      const row = this.#rowBefore(before, after, by);
      return row !== undefined && (from === before || hasBit(row, before, from));
    });
    if (!pair) throw new Error('a cycle was found over a pair that is not there');
    return pair;
  }
}
