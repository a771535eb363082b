import { listArrows, listCauses, turnedRound, visitInOrder } from './arrows.js';
import { addRow, type BitRows, emptyRows, setBit } from './bits.js';
import type { RequestOrder } from './request-order.js';

/**
 * What the certain order says about starts alone, closed under transitivity. It is all that matters: an end is never asked to come after anything, so it may
 * be thought as early as the facts allow, the moment after the last start that certainly comes before it.
 *
 * ```
 *   a ends before b starts      each start that certainly comes before a's end comes before b's start
 * ```
 */
export interface ClosedFacts {
  readonly count: number;
  /** Row i: the starts that certainly come before the start of i. */
  readonly beforeStart: BitRows;
  /** Row i: the starts that certainly come before the end of i, its own among them. */
  readonly beforeEnd: BitRows;
  /** Row i: the ancestors of i. */
  readonly ancestors: BitRows;
}

const CLOSED = new WeakMap<RequestOrder, ClosedFacts>();

/** Closes the facts of a request, once. */
export function closeFacts(request: RequestOrder): ClosedFacts {
  const closed = CLOSED.get(request) ?? close(request);
  CLOSED.set(request, closed);
  return closed;
}

function close(request: RequestOrder): ClosedFacts {
  const { occurrences, nodes } = request;
  const count = occurrences.length;
  const before = emptyRows(nodes, count);
  const startsAt = new Int32Array(nodes).fill(-1);
  occurrences.forEach(({ start }, i) => void startsAt.fill(i, start, start + 1));
  visitInOrder(listArrows(request), (node, to) => {
    addRow(before, to, before, node);
    if ((startsAt[node] as number) >= 0) setBit(before, to, startsAt[node] as number);
  });
  const beforeStart = emptyRows(count, count);
  const beforeEnd = emptyRows(count, count);
  occurrences.forEach(({ start, end }, i) => {
    addRow(beforeStart, i, before, start);
    addRow(beforeEnd, i, before, end ?? start);
    setBit(beforeEnd, i, i);
  });
  return { count, beforeStart, beforeEnd, ancestors: closeCauses(request) };
}

/** Row i: the starts that certainly come after the start of i. */
export function startsAfter(request: RequestOrder): BitRows {
  const { occurrences, nodes } = request;
  const after = emptyRows(nodes, occurrences.length);
  const startsAt = new Int32Array(nodes).fill(-1);
  occurrences.forEach(({ start }, i) => void startsAt.fill(i, start, start + 1));
  visitInOrder(turnedRound(listArrows(request)), (node, to) => {
    addRow(after, to, after, node);
    if ((startsAt[node] as number) >= 0) setBit(after, to, startsAt[node] as number);
  });
  const rows = emptyRows(occurrences.length, occurrences.length);
  occurrences.forEach(({ start }, i) => void addRow(rows, i, after, start));
  return rows;
}

function closeCauses(request: RequestOrder): BitRows {
  const ancestors = emptyRows(request.occurrences.length, request.occurrences.length);
  visitInOrder(listCauses(request), (ancestor, descendant) => {
    addRow(ancestors, descendant, ancestors, ancestor);
    setBit(ancestors, descendant, ancestor);
  });
  return ancestors;
}
