import { MAX_POINTS, MAX_PROCESSES } from '../../model/index.js';
import { TOLERANCE_NANOS } from '../flow/tolerance.js';
import type { Columns } from './columns.js';

/** The points of each process in the order of its stamps: what comes before a point in its own process is all that stands before it in the line. */
export class Sequences {
  /** The points, one process after the other. */
  readonly line = new Int32Array(MAX_POINTS);
  /** By process: where its points begin in the line; and one entry more. */
  readonly begins = new Int32Array(MAX_PROCESSES + 1);
  /** By point: how many of its process come before it, itself counted. */
  readonly rank = new Int32Array(MAX_POINTS);
  /** By hand-off: the latest clock reading of its process before it; minus infinity where there is none. */
  readonly latest = new Float64Array(MAX_POINTS);
  readonly #filled = new Int32Array(MAX_PROCESSES);

  /** False if a number occurs twice in one process, or a clock ran against the numbers: then they, or it, are not to be trusted. */
  put(columns: Columns): boolean {
    this.#share(columns);
    for (let process = 0; process < columns.processCount; process++) {
      this.#sort(process, columns);
      if (!this.#number(process, columns)) return false;
    }
    return true;
  }

  #share({ points, processCount, process }: Columns): void {
    const { begins, line } = this;
    const filled = this.#filled;
    filled.fill(0);
    for (let point = 0; point < points; point++) {
      const own = process[point] as number;
      filled[own] = (filled[own] as number) + 1;
    }
    begins[0] = 0;
    for (let own = 0; own < processCount; own++) {
      begins[own + 1] = (begins[own] as number) + (filled[own] as number);
      filled[own] = begins[own] as number;
    }
    for (let point = 0; point < points; point++) {
      const own = process[point] as number;
      line[filled[own] as number] = point;
      filled[own] = (filled[own] as number) + 1;
    }
  }

  /** They are nearly in order already. */
  #sort(process: number, { stamp }: Columns): void {
    const { line, begins } = this;
    const begin = begins[process] as number;
    const after = begins[process + 1] as number;
    for (let i = begin + 1; i < after; i++) {
      const point = line[i] as number;
      const own = stamp[point] as number;
      let at = i;
      for (; at > begin && (stamp[line[at - 1] as number] as number) > own; at--) line[at] = line[at - 1] as number;
      line[at] = point;
    }
  }

  #number(process: number, { stamp, time }: Columns): boolean {
    const { line, begins, rank } = this;
    const begin = begins[process] as number;
    const after = begins[process + 1] as number;
    let latest = -Infinity;
    let before = Number.NaN;
    for (let i = begin; i < after; i++) {
      const point = line[i] as number;
      const own = stamp[point] as number;
      if (own === before) return false;
      before = own;
      rank[point] = i - begin + 1;
      const read = time[point] as number;
      if (read >= latest) latest = read;
      else if (read < latest - TOLERANCE_NANOS) return false;
      else if (Number.isNaN(read)) this.latest[point] = latest;
    }
    return true;
  }
}
