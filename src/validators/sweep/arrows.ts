import { MAX_POINTS, SPAN_KINDS, type Span } from '../../model/index.js';
import { placeInLog } from '../flow/order-facts.js';
import type { Columns } from './columns.js';

/** Where a message stands in its partition, by the span that sent it or works on it. */
interface Logged {
  readonly span: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

const PRODUCER = SPAN_KINDS.indexOf('producer');
const CONSUMER = SPAN_KINDS.indexOf('consumer');

/** Messages are compared each with each. */
const MAX_LOGGED = 48;
const MAX_ARROWS = 3 * MAX_POINTS + MAX_LOGGED * MAX_LOGGED;

/** What certainly comes before each point from elsewhere: parents, hand-offs, answers, messages of the same partition. What its own process does is left out. */
export class Arrows {
  count = 0;
  /** Of these, how many, the first, are causes: two clocks have read both their ends, or a moment just before. */
  causes = 0;
  /** By point: its last arrow, or -1. By arrow: the one before it to the same point, where it comes from and where it leads. */
  readonly last = new Int32Array(MAX_POINTS);
  readonly before = new Int32Array(MAX_ARROWS);
  readonly from = new Int32Array(MAX_ARROWS);
  readonly to = new Int32Array(MAX_ARROWS);
  readonly #logged: Logged[] = [];

  /** False for a request with more messages than are worth comparing. */
  find(columns: Columns): boolean {
    const { points, count, parent, kind } = columns;
    this.count = 0;
    this.last.fill(-1, 0, points);
    let senders = 0;
    let isPlain = true;
    for (let i = 0; i < count; i++) {
      const above = parent[i] as number;
      if (above >= 0) this.#addCauses(i, above, columns);
      if (kind[i] === PRODUCER) senders++;
      if (kind[i] === CONSUMER) isPlain &&= above >= 0 && kind[above] === PRODUCER;
    }
    this.causes = this.count;
    // One message tells those who work on it no more than that it caused them.
    return senders === 0 || (senders === 1 && isPlain) || this.#addMessages(columns);
  }

  #addCauses(i: number, above: number, { received, answers }: Columns): void {
    this.#add(2 * above, 2 * i);
    const handoff = received[i] as number;
    if (handoff >= 0) this.#add(handoff, 2 * i);
    if (answers[i] === 1) this.#add(2 * i, 2 * above + 1);
  }

  #addMessages({ spans, count }: Columns): boolean {
    const logged = this.#logged;
    logged.length = 0;
    for (let i = 0; i < count; i++) {
      const place = placeInLog(spans[i] as Span);
      if (place) logged.push({ span: i, ...place });
    }
    if (logged.length > MAX_LOGGED) return false;
    for (const own of logged) {
      const point = 2 * own.span + (spans[own.span]?.kind === 'consumer' ? 0 : 1);
      for (const other of logged) {
        if (spans[other.span]?.kind === 'producer' && isUpTo(other, own)) this.#add(2 * other.span, point);
      }
    }
    return true;
  }

  #add(from: number, to: number): void {
    const arrow = this.count++;
    this.from[arrow] = from;
    this.to[arrow] = to;
    this.before[arrow] = this.last[to] as number;
    this.last[to] = arrow;
  }
}

function isUpTo(each: Logged, own: Logged): boolean {
  return each.topic === own.topic && each.partition === own.partition && each.offset <= own.offset;
}
