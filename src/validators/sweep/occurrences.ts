import { oncePer } from '../../lib/once-per.js';
import { MAX_SPANS } from '../../model/index.js';
import { emptyCounts, emptyTimes, fitsCounts, type PlaceCounts } from '../conformance/index.js';
import type { Columns } from './columns.js';
import type { SweepPlan } from './plan.js';

/** Each occurrence is held against all of earlier places. */
export const MAX_OCCURRENCES = 256;

const SEVERAL = -2;

/** Memory to count the requests of one plan in. */
const roomOf = oncePer(({ order }: SweepPlan) => ({
  counts: emptyCounts(order.places.length),
  times: emptyTimes(order.nodes.length),
  offsets: new Int32Array(order.places.length + 1),
}));

/**
 * The spans that are steps, by the places that the order has for them, so that what has to come before one of them is a range. Those without a place come last: no order names them, or
 * that inside of another.
 */
export class Occurrences {
  count = 0;
  /** By occurrence: its span, its place (-1 for none), and the nearest occurrence above it (-1 for none). */
  readonly span = new Int32Array(MAX_OCCURRENCES);
  readonly place = new Int32Array(MAX_OCCURRENCES);
  readonly above = new Int32Array(MAX_OCCURRENCES);
  /** By occurrence: the span of the one whose order it is part of; -1 for the order of the flow. */
  readonly owner = new Int32Array(MAX_OCCURRENCES);
  /** By span: the occurrence that it is, or -1. */
  readonly at = new Int32Array(MAX_SPANS);
  /** By place: its first occurrence; and one entry more. */
  offsets = new Int32Array(1);
  /** By span that is a step: the same as above, of spans. */
  readonly #placeOf = new Int32Array(MAX_SPANS);
  readonly #aboveOf = new Int32Array(MAX_SPANS);
  readonly #ownerOf = new Int32Array(MAX_SPANS);

  /** False if there is none, if one has no place or several, if the counts are those of no run of the flow, or if a step is nested in itself. */
  find(columns: Columns, plan: SweepPlan): boolean {
    const { counts, times, offsets } = roomOf(plan);
    const found = this.#count(columns, plan, counts);
    if (found === 0 || found > MAX_OCCURRENCES || !fitsCounts(plan.order.nodeTable, counts, times)) return false;
    this.count = found;
    this.offsets = offsets;
    this.#list(columns, counts);
    return true;
  }

  /** How many there are; 0 if one of them is not plain. */
  #count(columns: Columns, plan: SweepPlan, { least, most }: PlaceCounts): number {
    const { count, step } = columns;
    least.fill(0);
    let found = 0;
    for (let i = 0; i < count; i++) {
      if ((step[i] as number) < 0) continue;
      if (!this.#lookUp(i, columns, plan)) return 0;
      found++;
      const place = this.#placeOf[i] as number;
      if (place >= 0) least[place] = (least[place] as number) + 1;
    }
    most.set(least);
    return found;
  }

  #list({ count, step }: Columns, { least }: PlaceCounts): void {
    const { offsets } = this;
    let next = 0;
    for (let place = 0; place < least.length; place++) {
      offsets[place] = next;
      next += least[place] as number;
    }
    for (let i = 0; i < count; i++) {
      this.at[i] = -1;
      if ((step[i] as number) < 0) continue;
      const place = this.#placeOf[i] as number;
      const own = place < 0 ? next++ : (offsets[place] as number);
      if (place >= 0) offsets[place] = own + 1;
      this.span[own] = i;
      this.place[own] = place;
      this.owner[own] = this.#ownerOf[i] as number;
      this.at[i] = own;
    }
    offsets.copyWithin(1, 0);
    offsets[0] = 0;
    for (let i = 0; i < this.count; i++) {
      const above = this.#aboveOf[this.span[i] as number] as number;
      this.above[i] = above < 0 ? -1 : (this.at[above] as number);
    }
  }

  /** Goes up from a step to its root. False where that is no line, where the same step stands above (then only the outermost counts), or where the step has not one place. */
  #lookUp(i: number, { count, parent, step }: Columns, plan: SweepPlan): boolean {
    const own = step[i] as number;
    const owners = plan.owners[own] as readonly number[];
    const bound = plan.bound[own] as SweepPlan['bound'][number];
    let place = plan.places[own] as number;
    let nearest = -1;
    let owner = -1;
    let left = count;
    for (let up = parent[i] as number; up >= 0; up = parent[up] as number) {
      const other = step[up] as number;
      if (left-- === 0 || (other === own && plan.nested[own] === 0)) return false;
      if (other < 0) continue;
      if (nearest < 0) nearest = up;
      if (owner < 0 && owners.includes(other)) owner = up;
      place = placeUnder(other, place, bound);
      if (place === SEVERAL) return false;
    }
    this.#aboveOf[i] = nearest;
    this.#ownerOf[i] = owner;
    this.#placeOf[i] = owner < 0 ? place : -1;
    return owner >= 0 || place >= 0 || plan.named[own] === 0;
  }
}

/** The place of what is under this step, and has that one by what else it is under. */
function placeUnder(step: number, known: number, bound: SweepPlan['bound'][number]): number {
  let place = known;
  for (const each of bound) {
    if (each.under === step && each.place !== known) place = known < 0 ? each.place : SEVERAL;
  }
  return place;
}
