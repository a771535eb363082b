import { oncePer } from '../../lib/once-per.js';
import { MAX_SPANS } from '../../model/index.js';
import { emptyCounts, emptyTimes, fitsCounts, type PlaceCounts } from '../conformance/index.js';
import type { Columns } from './columns.js';
import type { SweepPlan } from './plan.js';

/** Each occurrence is held against all of earlier places. */
export const MAX_OCCURRENCES = 256;

/** Memory to count the requests of one plan in. */
const roomOf = oncePer(({ order }: SweepPlan) => ({
  counts: emptyCounts(order.places.length),
  times: emptyTimes(order.nodes.length),
  offsets: new Int32Array(order.places.length + 1),
}));

/** The spans that are steps, by the places that the order has for them, so that what has to come before one of them is a range. Those without a place come last. */
export class Occurrences {
  count = 0;
  /** By occurrence: its span, its place (-1 for none), and the nearest occurrence above it (-1 for none). */
  readonly span = new Int32Array(MAX_OCCURRENCES);
  readonly place = new Int32Array(MAX_OCCURRENCES);
  readonly above = new Int32Array(MAX_OCCURRENCES);
  /** By span: the occurrence that it is, or -1. */
  readonly at = new Int32Array(MAX_SPANS);
  /** By place: its first occurrence; and one entry more. */
  offsets = new Int32Array(1);

  /** False if there is none, if the counts are those of no run of the flow, or if a step is nested in itself. */
  find(columns: Columns, plan: SweepPlan): boolean {
    const { counts, times, offsets } = roomOf(plan);
    const found = this.#count(columns, plan, counts);
    if (found === 0 || found > MAX_OCCURRENCES || !fitsCounts(plan.order.nodeTable, counts, times)) return false;
    this.count = found;
    this.offsets = offsets;
    this.#list(columns, plan, counts);
    for (let i = 0; i < found; i++) if (!this.#lookUp(i, columns, plan)) return false;
    return true;
  }

  #count({ count, step }: Columns, plan: SweepPlan, { least, most }: PlaceCounts): number {
    least.fill(0);
    let found = 0;
    for (let i = 0; i < count; i++) {
      if ((step[i] as number) < 0) continue;
      found++;
      const place = plan.places[step[i] as number] as number;
      if (place >= 0) least[place] = (least[place] as number) + 1;
    }
    most.set(least);
    return found;
  }

  #list({ count, step }: Columns, plan: SweepPlan, { least }: PlaceCounts): void {
    const { offsets } = this;
    let next = 0;
    for (let place = 0; place < least.length; place++) {
      offsets[place] = next;
      next += least[place] as number;
    }
    for (let i = 0; i < count; i++) {
      this.at[i] = -1;
      if ((step[i] as number) < 0) continue;
      const place = plan.places[step[i] as number] as number;
      const own = place < 0 ? next++ : (offsets[place] as number);
      if (place >= 0) offsets[place] = own + 1;
      this.span[own] = i;
      this.place[own] = place;
      this.at[i] = own;
    }
    offsets.copyWithin(1, 0);
    offsets[0] = 0;
  }

  /** Goes up from an occurrence to its root. False where that is no line, or the same step stands above: then only the outermost counts. */
  #lookUp(i: number, { count, parent, step }: Columns, { nested }: SweepPlan): boolean {
    const span = this.span[i] as number;
    const own = step[span] as number;
    let nearest = -1;
    let left = count;
    for (let up = parent[span] as number; up >= 0; up = parent[up] as number) {
      if (left-- === 0 || (step[up] === own && nested[own] === 0)) return false;
      if (nearest < 0) nearest = this.at[up] as number;
    }
    this.above[i] = nearest;
    return true;
  }
}
