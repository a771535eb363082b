import type { OrderGraph } from './order-graph.js';

/** Arrows between nodes, without their reasons. */
export interface NodePairs {
  readonly nodes: number;
  /** Pairs of nodes, one after the other in one list: the first of a pair comes before the second. */
  readonly pairs: readonly number[];
}

/** The arrows of a graph. */
export function pairsOf({ arrows }: OrderGraph): NodePairs {
  const pairs: number[] = [];
  arrows.forEach((list, from) => {
    for (const { to } of list) pairs.push(from, to);
  });
  return { nodes: arrows.length, pairs };
}

/** Memory for one walk along some pairs, used again by the next: nothing of it outlives a call. */
const room = {
  /** By node, its first arrow, and by arrow, the next of the same node; -1 for none. */
  first: new Int32Array(0),
  next: new Int32Array(0),
  incoming: new Int32Array(0),
  sorted: new Int32Array(0),
  columns: new Int32Array(0),
};

function reserve({ nodes, pairs }: NodePairs): void {
  if (room.first.length < nodes) {
    for (const name of ['first', 'incoming', 'sorted', 'columns'] as const) room[name] = new Int32Array(2 * nodes);
  }
  if (room.next.length < pairs.length >> 1) room.next = new Int32Array(pairs.length);
}

/** True if no node comes before itself. */
export function isAcyclic(order: NodePairs): boolean {
  return sortNodes(order) === order.nodes;
}

/**
 * Which of `targets` each node comes before. One bit a target and node, filled in one pass against the arrows; undefined if there is a
 * cycle.
 */
export function reachability(
  order: NodePairs,
  targets: readonly number[],
): ((from: number, target: number) => boolean) | undefined {
  const { nodes, pairs } = order;
  if (sortNodes(order) < nodes) return undefined;
  const { first, next, sorted, columns } = room;
  const words = (targets.length + 31) >>> 5;
  const bits = new Int32Array(nodes * words);
  columns.fill(-1, 0, nodes);
  targets.forEach((node, i) => {
    columns[node] = i;
  });
  for (let i = nodes - 1; i >= 0; i--) {
    const row = (sorted[i] as number) * words;
    for (let arrow = first[sorted[i] as number] as number; arrow >= 0; arrow = next[arrow] as number) {
      const to = pairs[2 * arrow + 1] as number;
      for (let w = 0; w < words; w++) bits[row + w] = (bits[row + w] as number) | (bits[to * words + w] as number);
      const own = columns[to] as number;
      if (own >= 0) setBit(bits, row, own);
    }
  }
  const columnOf = columnsBy(targets);
  return (from, target) => {
    const bit = columnOf(target);
    return bit >= 0 && (((bits[from * words + (bit >>> 5)] as number) >>> (bit & 31)) & 1) === 1;
  };
}

const FEW = 8;

function columnsBy(targets: readonly number[]): (target: number) => number {
  if (targets.length <= FEW) return (target) => targets.lastIndexOf(target);
  const columns = new Map(targets.map((node, i) => [node, i] as const));
  return (target) => columns.get(target) ?? -1;
}

function setBit(bits: Int32Array, row: number, bit: number): void {
  const at = row + (bit >>> 5);
  bits[at] = (bits[at] as number) | (1 << (bit & 31));
}

/** Lists the arrows, and the nodes in an order that every arrow respects; those on cycles, and behind them, are left out. Gives how many are sorted. */
function sortNodes(order: NodePairs): number {
  const { nodes, pairs } = order;
  reserve(order);
  const { first, next, incoming, sorted } = room;
  first.fill(-1, 0, nodes);
  incoming.fill(0, 0, nodes);
  for (let i = 0; i < pairs.length; i += 2) {
    const from = pairs[i] as number;
    const to = pairs[i + 1] as number;
    next[i >> 1] = first[from] as number;
    first[from] = i >> 1;
    incoming[to] = (incoming[to] as number) + 1;
  }
  let count = 0;
  for (let node = 0; node < nodes; node++) if (incoming[node] === 0) sorted[count++] = node;
  for (let at = 0; at < count; at++) {
    for (let arrow = first[sorted[at] as number] as number; arrow >= 0; arrow = next[arrow] as number) {
      const to = pairs[2 * arrow + 1] as number;
      const left = (incoming[to] as number) - 1;
      incoming[to] = left;
      if (left === 0) sorted[count++] = to;
    }
  }
  return count;
}
