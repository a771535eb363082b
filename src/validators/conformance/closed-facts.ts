import { addRow, type BitRows, emptyRows, setBit } from './bits.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';

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

export function closeFacts({ occurrences, nodes, certain, causes }: RequestOrder): ClosedFacts {
  const count = occurrences.length;
  const arrows = { nodes, ...arrowsOf({ occurrences, certain, causes }) };
  const before = emptyRows(nodes, count);
  const startsAt = new Int32Array(nodes).fill(-1);
  occurrences.forEach(({ start }, i) => void startsAt.fill(i, start, start + 1));
  visitInOrder(arrows, (node, to) => {
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
  return { count, beforeStart, beforeEnd, ancestors: closeCauses(causes, count) };
}

function closeCauses(causes: ArrayLike<number>, count: number): BitRows {
  const ancestors = emptyRows(count, count);
  const [from, to]: [number[], number[]] = [[], []];
  for (let i = 0; i < causes.length; i += 2) {
    from.push(causes[i] as number);
    to.push(causes[i + 1] as number);
  }
  visitInOrder({ nodes: count, from, to }, (ancestor, descendant) => {
    addRow(ancestors, descendant, ancestors, ancestor);
    setBit(ancestors, descendant, ancestor);
  });
  return ancestors;
}

interface Arrows {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The arrows between nodes: those given, from each start to its end, and from each cause to what it caused. */
function arrowsOf({ occurrences, certain, causes }: Omit<RequestOrder, 'nodes'>): Arrows {
  const from: number[] = [];
  const to: number[] = [];
  const add = (p: number, q: number): void => {
    from.push(p);
    to.push(q);
  };
  for (let i = 0; i < certain.length; i += 2) add(certain[i] as number, certain[i + 1] as number);
  for (const { start, end } of occurrences) if (end !== undefined) add(start, end);
  const startOf = (i: number): number => (occurrences[i] as OrderedOccurrence).start;
  for (let i = 0; i < causes.length; i += 2) add(startOf(causes[i] as number), startOf(causes[i + 1] as number));
  return { from, to };
}

/** Visits each arrow after all arrows that lead to where it comes from. */
function visitInOrder(
  { nodes, from, to }: Arrows & { readonly nodes: number },
  visit: (from: number, to: number) => void,
): void {
  const first = new Int32Array(nodes).fill(-1);
  const next = new Int32Array(from.length);
  const incoming = new Int32Array(nodes);
  for (let arrow = 0; arrow < from.length; arrow++) {
    next[arrow] = first[from[arrow] as number] as number;
    first[from[arrow] as number] = arrow;
    incoming[to[arrow] as number] = (incoming[to[arrow] as number] as number) + 1;
  }
  const queue: number[] = [];
  for (let node = 0; node < nodes; node++) if (incoming[node] === 0) queue.push(node);
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as number;
    for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
      const target = to[arrow] as number;
      visit(node, target);
      const left = (incoming[target] as number) - 1;
      incoming[target] = left;
      if (left === 0) queue.push(target);
    }
  }
}
