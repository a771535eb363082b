import { MAX_POINTS } from '../../model/index.js';
import { TOLERANCE_NANOS } from '../flow/tolerance.js';
import type { Columns } from './columns.js';

/** Where each point stands among those of its process, which the columns tell in the order of its stamps. */
export class Sequences {
  /** By point: how many of its process come before it, itself counted. */
  readonly rank = new Int32Array(MAX_POINTS);
  /** By hand-off: the latest clock reading of its process before it; minus infinity where there is none. */
  readonly latest = new Float64Array(MAX_POINTS);

  /** False if a clock ran against the numbers: then it is not to be trusted. */
  put(columns: Columns): boolean {
    for (let process = 0; process < columns.processCount; process++) if (!this.#number(process, columns)) return false;
    return true;
  }

  #number(process: number, { begins, line, time }: Columns): boolean {
    const { rank } = this;
    const begin = begins[process] as number;
    const after = begins[process + 1] as number;
    let latest = -Infinity;
    for (let i = begin; i < after; i++) {
      const point = line[i] as number;
      rank[point] = i - begin + 1;
      const read = time[point] as number;
      if (read >= latest) latest = read;
      else if (read < latest - TOLERANCE_NANOS) return false;
      else if (Number.isNaN(read)) this.latest[point] = latest;
    }
    return true;
  }
}
