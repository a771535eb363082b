import { MAX_PROCESSES } from '../../model/index.js';
import { TOLERANCE_NANOS } from '../flow/tolerance.js';
import type { Arrows } from './arrows.js';
import type { Columns } from './columns.js';
import type { Sequences } from './sequences.js';

/** Most that each clock can be ahead of each other one, nanoseconds, by all that causes say: see `solveClocks`, whose law this is. */
export class ClockBounds {
  /** By process and process: the row of the one that is behind, the column of the one that is ahead. */
  readonly most = new Float64Array(MAX_PROCESSES * MAX_PROCESSES);
  #count = 0;

  bound(from: number, to: number): number {
    return this.most[from * this.#count + to] as number;
  }

  /** False if the clocks contradict each other. */
  solve(columns: Columns, { arrows, sequences }: { readonly arrows: Arrows; readonly sequences: Sequences }): boolean {
    const count = columns.processCount;
    this.#count = count;
    this.most.fill(Infinity, 0, count * count);
    for (let i = 0; i < count; i++) this.most[i * count + i] = 0;
    this.#read(columns, arrows, sequences);
    for (let over = 0; over < count; over++) for (let from = 0; from < count; from++) this.#shorten(from, over);
    for (let i = 0; i < count; i++) if ((this.most[i * count + i] as number) < 0) return false;
    return true;
  }

  /** At a hand-off nobody read a clock: what was read just before it stands in. */
  #read({ count, process, time }: Columns, { causes, from, to }: Arrows, { latest }: Sequences): void {
    const { most } = this;
    const handoffs = 2 * count;
    for (let arrow = 0; arrow < causes; arrow++) {
      const cause = from[arrow] as number;
      const effect = to[arrow] as number;
      const at = (process[cause] as number) * this.#count + (process[effect] as number);
      const begun = (cause < handoffs ? time[cause] : latest[cause]) as number;
      const bound = (time[effect] as number) - begun + TOLERANCE_NANOS;
      if (bound < (most[at] as number)) most[at] = bound;
    }
  }

  #shorten(from: number, over: number): void {
    const { most } = this;
    const count = this.#count;
    const first = most[from * count + over] as number;
    if (first === Infinity) return;
    for (let to = 0; to < count; to++) {
      const sum = first + (most[over * count + to] as number);
      if (sum < (most[from * count + to] as number)) most[from * count + to] = sum;
    }
  }
}
