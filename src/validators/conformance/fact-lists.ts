import type { OrderedOccurrence, RequestOrder } from './request-order.js';

/**
 * The certain order of one request after the other, as lists of arrows by node and of causes by occurrence. Grows with the largest request, and allocates
 * nothing for others. Occurrences go by their ranks.
 */
export class FactLists {
  /** By node: its first arrow, or -1. By arrow: the next one from the same node, and where it leads. */
  firstArrow = new Int32Array(0);
  nextArrow = new Int32Array(0);
  arrowTo = new Int32Array(0);
  /** By node: arrows to it that have not been passed. */
  waiting = new Int32Array(0);
  /** By node: twice the rank of the occurrence whose start it is, one more for its end; -1 for scenery. */
  pointAt = new Int32Array(0);
  /** By rank: its first cause, or -1. By cause: the next one of the same occurrence, and the rank of the ancestor. */
  firstCause = new Int32Array(0);
  nextCause = new Int32Array(0);
  ancestor = new Int32Array(0);

  /** The lists come out in the order in which the request names things, so that a walk along them keeps it. */
  load(request: RequestOrder, ranks: Int32Array): void {
    this.#reserve(request);
    const { occurrences, nodes, certain } = request;
    const { firstArrow, nextArrow, arrowTo, waiting, pointAt } = this;
    firstArrow.fill(-1, 0, nodes);
    waiting.fill(0, 0, nodes);
    pointAt.fill(-1, 0, nodes);
    let arrows = this.#loadCauses(request, ranks);
    for (let i = occurrences.length - 1; i >= 0; i--) {
      const { start, end } = occurrences[i] as OrderedOccurrence;
      const point = 2 * (ranks[i] as number);
      pointAt[start] = point;
      if (end === undefined) continue;
      pointAt[end] = point + 1;
      arrowTo[arrows] = end;
      nextArrow[arrows] = firstArrow[start] as number;
      firstArrow[start] = arrows++;
      waiting[end] = (waiting[end] as number) + 1;
    }
    for (let i = certain.length - 2; i >= 0; i -= 2, arrows++) {
      const from = certain[i] as number;
      const to = certain[i + 1] as number;
      arrowTo[arrows] = to;
      nextArrow[arrows] = firstArrow[from] as number;
      firstArrow[from] = arrows;
      waiting[to] = (waiting[to] as number) + 1;
    }
  }

  /** Gives the number of arrows, one for each cause. */
  #loadCauses({ occurrences, causes }: RequestOrder, ranks: Int32Array): number {
    this.firstCause.fill(-1, 0, occurrences.length);
    for (let i = causes.length - 2; i >= 0; i -= 2) {
      const [cause, effect] = [causes[i] as number, causes[i + 1] as number];
      const id = i >>> 1;
      const rank = ranks[effect] as number;
      this.ancestor[id] = ranks[cause] as number;
      this.nextCause[id] = this.firstCause[rank] as number;
      this.firstCause[rank] = id;
      const from = (occurrences[cause] as OrderedOccurrence).start;
      const to = (occurrences[effect] as OrderedOccurrence).start;
      this.arrowTo[id] = to;
      this.nextArrow[id] = this.firstArrow[from] as number;
      this.firstArrow[from] = id;
      this.waiting[to] = (this.waiting[to] as number) + 1;
    }
    return causes.length >>> 1;
  }

  #reserve({ occurrences, nodes, certain, causes }: RequestOrder): void {
    const arrows = (certain.length + causes.length) / 2 + occurrences.length;
    if (this.firstArrow.length < nodes) {
      this.firstArrow = new Int32Array(2 * nodes);
      this.waiting = new Int32Array(2 * nodes);
      this.pointAt = new Int32Array(2 * nodes);
    }
    if (this.nextArrow.length < arrows) {
      this.nextArrow = new Int32Array(2 * arrows);
      this.arrowTo = new Int32Array(2 * arrows);
    }
    if (this.firstCause.length < occurrences.length) this.firstCause = new Int32Array(2 * occurrences.length);
    if (this.ancestor.length < causes.length / 2) {
      this.ancestor = new Int32Array(causes.length);
      this.nextCause = new Int32Array(causes.length);
    }
  }
}
