import type { ArrowReason } from './order-graph.js';

/** Something that arrows are put into. */
export interface ArrowSink {
  /** A node that is no point: everything before, or after, it is told by its arrows. */
  boundary(): number;
  arrow(from: number, to: number, because: ArrowReason): void;
}
