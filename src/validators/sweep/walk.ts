import { MAX_POINTS, MAX_PROCESSES } from '../../model/index.js';
import { TOLERANCE_NANOS } from '../flow/tolerance.js';
import type { Arrows } from './arrows.js';
import type { ClockBounds } from './clock-bounds.js';
import type { Columns } from './columns.js';
import { MAX_OCCURRENCES, type Occurrences } from './occurrences.js';
import type { SweepPlan } from './plan.js';
import type { Sequences } from './sequences.js';

/** All that is read of a request before the walk. */
export interface Gathered {
  readonly columns: Columns;
  readonly sequences: Sequences;
  readonly arrows: Arrows;
  readonly clocks: ClockBounds;
  readonly occurrences: Occurrences;
}

const WORDS = MAX_OCCURRENCES / 32;

/**
 * One walk over the points of a request, each after all that certainly comes before it and after all that the flow wants before it. If every point can be reached
 * so, the request conforms; if not, nothing is said.
 *
 * What certainly comes before a point is, in each process, the beginning of that process's line. So one number a process says all of it: how long that beginning is.
 *
 * ```
 *   gateway   1 ─ 2 ─────────── 3        3 knows   gateway 3, orders 2
 *                  ╲           ╱
 *   orders          1 ─────── 2          2 knows   gateway 2, orders 2
 * ```
 */
export class Walk {
  /** Pairs of occurrences that the order of the flow is about, and those of them whose order is certain. */
  required = 0;
  proven = 0;
  readonly #gathered: Gathered;
  #processes = 0;
  /** By point and process: how many points of that process come before it, the point itself counted. */
  readonly #known = new Int32Array(MAX_POINTS * MAX_PROCESSES);
  /** By process and process: the same, where the walk stands in the first. */
  readonly #running = new Int32Array(MAX_PROCESSES * MAX_PROCESSES);
  /** By process: how many of its points are passed. */
  readonly #passed = new Int32Array(MAX_PROCESSES);
  /** By occurrence: its process, and the ranks of its points there. */
  readonly #doneBy = new Int32Array(MAX_OCCURRENCES);
  readonly #startRank = new Int32Array(MAX_OCCURRENCES);
  readonly #endRank = new Int32Array(MAX_OCCURRENCES);
  /** By occurrence, a row of bits: the occurrences above it. */
  readonly #ancestors = new Int32Array(MAX_OCCURRENCES * WORDS);
  /** The points of occurrences, one process after the other, in line; where those of each process begin; and how early each, or one after it, was read. */
  readonly #asked = new Int32Array(MAX_POINTS);
  readonly #askedBegins = new Int32Array(MAX_PROCESSES + 1);
  readonly #earliest = new Float64Array(MAX_POINTS);
  /** By process and process: how many asked points of the second come, by the clocks, before where the walk stands in the first; and when the next one does. */
  readonly #reached = new Int32Array(MAX_PROCESSES * MAX_PROCESSES);
  readonly #nextAt = new Float64Array(MAX_PROCESSES * MAX_PROCESSES);

  constructor(gathered: Gathered) {
    this.#gathered = gathered;
  }

  /** True if every point could be passed. */
  go(plan: SweepPlan): boolean {
    const { columns } = this.#gathered;
    const processes = columns.processCount;
    this.#reset(processes);
    let left = columns.points;
    let moved = true;
    while (moved && left > 0) {
      moved = false;
      for (let process = 0; process < processes; process++) {
        const begin = columns.begins[process] as number;
        const length = (columns.begins[process + 1] as number) - begin;
        while ((this.#passed[process] as number) < length) {
          const point = columns.line[begin + (this.#passed[process] as number)] as number;
          if (!this.#pass(point, process, plan)) break;
          left--;
          moved = true;
        }
      }
    }
    return left === 0;
  }

  /** True if the one point certainly comes before the other. After a walk to the end. */
  isBefore(from: number, to: number): boolean {
    const { columns, sequences } = this.#gathered;
    const known = this.#known[to * this.#processes + (columns.process[from] as number)] as number;
    return from !== to && known >= (sequences.rank[from] as number);
  }

  /** True if the first of two occurrences is an ancestor of the second. After a walk to the end. */
  isAbove(above: number, below: number): boolean {
    return (((this.#ancestors[below * WORDS + (above >>> 5)] as number) >>> (above & 31)) & 1) === 1;
  }

  #reset(processes: number): void {
    this.required = this.proven = 0;
    this.#processes = processes;
    this.#running.fill(0, 0, processes * processes);
    this.#reached.fill(0, 0, processes * processes);
    this.#passed.fill(0, 0, processes);
    this.#listRanks();
    this.#listAsked(processes);
    this.#awaitFirst(processes);
  }

  #listRanks(): void {
    const { columns, sequences, occurrences } = this.#gathered;
    for (let i = 0; i < occurrences.count; i++) {
      const start = 2 * (occurrences.span[i] as number);
      this.#doneBy[i] = columns.process[start] as number;
      this.#startRank[i] = sequences.rank[start] as number;
      this.#endRank[i] = sequences.rank[start + 1] as number;
    }
  }

  #listAsked(processes: number): void {
    const { columns, occurrences } = this.#gathered;
    const scenery = 2 * columns.count;
    let next = 0;
    for (let process = 0; process < processes; process++) {
      const begin = next;
      const after = columns.begins[process + 1] as number;
      for (let i = columns.begins[process] as number; i < after; i++) {
        const point = columns.line[i] as number;
        if (point < scenery && (occurrences.at[point >> 1] as number) >= 0) this.#asked[next++] = point;
      }
      let earliest = Infinity;
      for (let i = next - 1; i >= begin; i--) {
        const time = columns.time[this.#asked[i] as number] as number;
        if (time < earliest) earliest = time;
        this.#earliest[i] = earliest;
      }
      this.#askedBegins[process] = begin;
    }
    this.#askedBegins[processes] = next;
  }

  /** Passes a point, if all that has to come before it is passed. It is the next of its process. */
  #pass(point: number, process: number, plan: SweepPlan): boolean {
    const { arrows, columns, occurrences } = this.#gathered;
    for (let arrow = arrows.last[point] as number; arrow >= 0; arrow = arrows.before[arrow] as number) {
      if (!this.#hear(arrows.from[arrow] as number, process)) return false;
    }
    const occurrence = point < 2 * columns.count ? (occurrences.at[point >> 1] as number) : -1;
    if (occurrence >= 0) {
      if (!this.#hearClocks(point, process)) return false;
      if ((point & 1) === 0 && !this.#hasItsTurn(occurrence, process, plan)) return false;
    }
    this.#settle(point, process);
    return true;
  }

  #settle(point: number, process: number): void {
    const processes = this.#processes;
    const running = this.#running;
    const row = process * processes;
    const passed = (this.#passed[process] as number) + 1;
    this.#passed[process] = passed;
    running[row + process] = passed;
    const own = point * processes;
    for (let i = 0; i < processes; i++) this.#known[own + i] = running[row + i] as number;
  }

  /** Takes over what an earlier point knows, if it is passed. */
  #hear(point: number, process: number): boolean {
    const { columns, sequences } = this.#gathered;
    const other = columns.process[point] as number;
    const rank = sequences.rank[point] as number;
    const processes = this.#processes;
    const running = this.#running;
    const row = process * processes;
    if ((running[row + other] as number) >= rank) return true;
    if ((this.#passed[other] as number) < rank) return false;
    const from = point * processes;
    for (let i = 0; i < processes; i++) {
      const known = this.#known[from + i] as number;
      if (known > (running[row + i] as number)) running[row + i] = known;
    }
    return true;
  }

  /** By no clock anything of a process comes before itself, nor of one that no cause ties to it. */
  #awaitFirst(processes: number): void {
    for (let process = 0; process < processes; process++) {
      for (let other = 0; other < processes; other++) {
        this.#nextAt[process * processes + other] = this.#reachedAt(process, other, this.#askedBegins[other] as number);
      }
    }
  }

  /** When, by the clock of a process, an asked point of another one is certainly over. */
  #reachedAt(process: number, other: number, asked: number): number {
    if (other === process || asked === this.#askedBegins[other + 1]) return Infinity;
    const bound = this.#gathered.clocks.most[other * this.#processes + process] as number;
    return (this.#earliest[asked] as number) + bound + TOLERANCE_NANOS;
  }

  /** What the clocks say of a point of an occurrence: which points of the other processes were certainly read before it. */
  #hearClocks(point: number, process: number): boolean {
    const time = this.#gathered.columns.time[point] as number;
    const row = process * this.#processes;
    for (let at = row; at < row + this.#processes; at++) {
      if (time >= (this.#nextAt[at] as number) && !this.#hearClockOf(at - row, { process, time })) return false;
    }
    return true;
  }

  #hearClockOf(other: number, { process, time }: { readonly process: number; readonly time: number }): boolean {
    const at = process * this.#processes + other;
    const begin = this.#askedBegins[other] as number;
    let next = begin + (this.#reached[at] as number);
    let nextAt = this.#nextAt[at] as number;
    while (time >= nextAt) nextAt = this.#reachedAt(process, other, ++next);
    if (!this.#hear(this.#asked[next - 1] as number, process)) return false;
    this.#reached[at] = next - begin;
    this.#nextAt[at] = nextAt;
    return true;
  }

  /** True if nothing of an earlier part of the flow is still to end, or to start; then its pairs are counted. */
  #hasItsTurn(occurrence: number, process: number, { order }: SweepPlan): boolean {
    const { occurrences } = this.#gathered;
    this.#inherit(occurrence);
    const place = occurrences.place[occurrence] as number;
    if (place < 0) return true;
    const { begins, first, after, byStart } = order.earlierTable;
    const running = this.#running;
    const passed = this.#passed;
    const doneBy = this.#doneBy;
    const row = process * this.#processes;
    let required = 0;
    let proven = 0;
    for (let range = begins[place] as number; range < (begins[place + 1] as number); range++) {
      const ranks = byStart[range] === 1 ? this.#startRank : this.#endRank;
      const to = occurrences.offsets[after[range] as number] as number;
      for (let other = occurrences.offsets[first[range] as number] as number; other < to; other++) {
        const own = doneBy[other] as number;
        const rank = ranks[other] as number;
        required++;
        if ((running[row + own] as number) >= rank || this.isAbove(other, occurrence)) proven++;
        else if ((passed[own] as number) < rank) return false;
      }
    }
    this.required += required;
    this.proven += proven;
    return true;
  }

  #inherit(occurrence: number): void {
    const { above } = this.#gathered.occurrences;
    const ancestors = this.#ancestors;
    const row = occurrence * WORDS;
    const nearest = above[occurrence] as number;
    if (nearest < 0) {
      ancestors.fill(0, row, row + WORDS);
      return;
    }
    ancestors.copyWithin(row, nearest * WORDS, nearest * WORDS + WORDS);
    const word = row + (nearest >>> 5);
    ancestors[word] = (ancestors[word] as number) | (1 << (nearest & 31));
  }
}
