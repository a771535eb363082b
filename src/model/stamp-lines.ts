/** Room for the stamped points of so many processes; and by point, where to put its process and its stamp. */
export class StampLines {
  readonly process: Int16Array;
  readonly stamp: Float64Array;
  /** The points, one process after the other, each in the order of its stamps: what comes before a point in its own process is all that stands before it. */
  readonly line: Int16Array;
  /** By process: where its points begin in the line; and one entry more. */
  readonly begins: Int16Array;
  readonly #filled: Int16Array;

  constructor(points: number, processes: number) {
    this.process = new Int16Array(points);
    this.stamp = new Float64Array(points);
    this.line = new Int16Array(points);
    this.begins = new Int16Array(processes + 1);
    this.#filled = new Int16Array(processes);
  }

  /** False if a number occurs twice in one process: then it is of two under one name, and no number tells an order. */
  sort(points: number, processes: number): boolean {
    this.#share(points, processes);
    for (let process = 0; process < processes; process++) if (!this.#sortOne(process)) return false;
    return true;
  }

  #share(points: number, processes: number): void {
    const { begins, line, process } = this;
    const filled = this.#filled;
    filled.fill(0, 0, processes);
    for (let point = 0; point < points; point++) {
      const own = process[point] as number;
      filled[own] = (filled[own] as number) + 1;
    }
    begins[0] = 0;
    for (let own = 0; own < processes; own++) {
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
  #sortOne(process: number): boolean {
    const { line, begins, stamp } = this;
    const begin = begins[process] as number;
    const after = begins[process + 1] as number;
    for (let i = begin + 1; i < after; i++) {
      const point = line[i] as number;
      const own = stamp[point] as number;
      let at = i;
      for (; at > begin && (stamp[line[at - 1] as number] as number) > own; at--) line[at] = line[at - 1] as number;
      line[at] = point;
      if (at > begin && stamp[line[at - 1] as number] === own) return false;
    }
    return true;
  }
}
