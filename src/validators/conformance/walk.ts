import { type ArrowLists, listArrows } from './arrows.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';

/**
 * A way through the points of a request that can be taken back. Starts are chosen; everything else happens as soon as the facts allow, ends above all: no order
 * ever asks an end to come later.
 */
export class Walk {
  /** Bit set of the occurrences whose start the facts allow next. */
  readonly ready: Int32Array;
  readonly started: Int32Array;

  readonly #request: RequestOrder;
  readonly #arrows: ArrowLists;
  readonly #waiting: Int32Array;
  readonly #startsAt: Int32Array;
  readonly #hasFired: Uint8Array;
  readonly #trail: Int32Array;
  #length = 0;

  constructor(request: RequestOrder) {
    const { occurrences, nodes } = request;
    const words = (occurrences.length + 31) >>> 5;
    this.ready = new Int32Array(words);
    this.started = new Int32Array(words);
    this.#request = request;
    this.#arrows = listArrows(request);
    this.#waiting = this.#arrows.incoming.slice();
    this.#startsAt = new Int32Array(nodes).fill(-1);
    this.#hasFired = new Uint8Array(nodes);
    this.#trail = new Int32Array(nodes);
    occurrences.forEach(({ start }, i) => void this.#startsAt.fill(i, start, start + 1));
    for (let node = 0; node < nodes; node++) if (this.#arrows.incoming[node] === 0) this.#allow(node);
    this.#fireFrom(0);
  }

  hasStarted(occurrence: number): boolean {
    return (((this.started[occurrence >>> 5] as number) >>> (occurrence & 31)) & 1) === 1;
  }

  hasEnded(occurrence: number): boolean {
    const { start, end } = this.#request.occurrences[occurrence] as OrderedOccurrence;
    return this.#hasFired[end ?? start] === 1;
  }

  /** Starts an occurrence that is ready; gives a mark to come back to the time before. */
  start(occurrence: number): number {
    const mark = this.#length;
    const { start } = this.#request.occurrences[occurrence] as OrderedOccurrence;
    flip(this.ready, occurrence);
    flip(this.started, occurrence);
    this.#trail[this.#length++] = start;
    this.#fireFrom(mark);
    return mark;
  }

  /** Takes back everything since the mark. */
  backTo(mark: number): void {
    const { first, next, to } = this.#arrows;
    while (this.#length > mark) {
      const node = this.#trail[--this.#length] as number;
      this.#hasFired[node] = 0;
      for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
        const target = to[arrow] as number;
        const occurrence = this.#startsAt[target] as number;
        if (this.#waiting[target] === 0 && occurrence >= 0) flip(this.ready, occurrence);
        this.#waiting[target] = (this.#waiting[target] as number) + 1;
      }
      const occurrence = this.#startsAt[node] as number;
      if (occurrence < 0) continue;
      flip(this.started, occurrence);
      flip(this.ready, occurrence);
    }
  }

  #fireFrom(mark: number): void {
    const { first, next, to } = this.#arrows;
    for (let i = mark; i < this.#length; i++) {
      const node = this.#trail[i] as number;
      this.#hasFired[node] = 1;
      for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
        const target = to[arrow] as number;
        const left = (this.#waiting[target] as number) - 1;
        this.#waiting[target] = left;
        if (left === 0) this.#allow(target);
      }
    }
  }

  #allow(node: number): void {
    const occurrence = this.#startsAt[node] as number;
    if (occurrence >= 0) flip(this.ready, occurrence);
    else this.#trail[this.#length++] = node;
  }
}

function flip(bits: Int32Array, bit: number): void {
  bits[bit >>> 5] = (bits[bit >>> 5] as number) ^ (1 << (bit & 31));
}
