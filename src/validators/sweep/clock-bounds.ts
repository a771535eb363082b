import { TOLERANCE_NANOS } from '../flow/tolerance.js';
import type { Causes } from './causes.js';
import { type Columns, MAX_PROCESSES } from './columns.js';
import type { Sequences } from './sequences.js';

/** Most that each clock can be ahead of each other one, nanoseconds, by all that causes say: see `solveClocks`, whose law this is. */
export class ClockBounds {
  /** By process and process: the row of the one that is behind, the column of the one that is ahead. */
  readonly most = new Float64Array(MAX_PROCESSES * MAX_PROCESSES);
  count = 0;

  bound(from: number, to: number): number {
    return this.most[from * this.count + to] as number;
  }

  /** False if the clocks contradict each other. */
  solve(columns: Columns, { causes, sequences }: { readonly causes: Causes; readonly sequences: Sequences }): boolean {
    const count = columns.processCount;
    this.count = count;
    this.most.fill(Infinity, 0, count * count);
    for (let i = 0; i < count; i++) this.most[i * count + i] = 0;
    for (let i = 0; i < columns.count; i++) {
      if ((columns.parent[i] as number) >= 0) this.#readCause(i, { columns, causes, sequences });
    }
    for (let over = 0; over < count; over++) for (let from = 0; from < count; from++) this.#shorten(from, over);
    for (let i = 0; i < count; i++) if ((this.most[i * count + i] as number) < 0) return false;
    return true;
  }

  #readCause(
    i: number,
    {
      columns,
      causes,
      sequences,
    }: { readonly columns: Columns; readonly causes: Causes; readonly sequences: Sequences },
  ): void {
    const { parent, process, time } = columns;
    const above = parent[i] as number;
    const [own, other] = [process[2 * i] as number, process[2 * above] as number];
    const start = time[2 * i] as number;
    this.#read(other, own, start - (time[2 * above] as number));
    const handoff = causes.received[i] as number;
    if (handoff >= 0) {
      const latest = sequences.latest[handoff] as number;
      if (latest !== -Infinity) this.#read(other, own, start - latest);
    }
    if (causes.answers[i] === 1) this.#read(own, other, (time[2 * above + 1] as number) - start);
  }

  #read(from: number, to: number, reading: number): void {
    const at = from * this.count + to;
    const bound = reading + TOLERANCE_NANOS;
    if (bound < (this.most[at] as number)) this.most[at] = bound;
  }

  #shorten(from: number, over: number): void {
    const { most, count } = this;
    const first = most[from * count + over] as number;
    if (first === Infinity) return;
    for (let to = 0; to < count; to++) {
      const sum = first + (most[over * count + to] as number);
      if (sum < (most[from * count + to] as number)) most[from * count + to] = sum;
    }
  }
}
