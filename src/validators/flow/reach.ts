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

/** Pairs that make no cycle, with what a walk along them needs. */
export interface SortedPairs extends NodePairs {
  readonly lists: Lists;
  /** The nodes in an order that every arrow respects. */
  readonly sorted: Int32Array;
}

/** By node, its first arrow, and by arrow, the next of the same node; -1 for none. */
interface Lists {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

/** Undefined if some node comes before itself. */
export function sortPairs(order: NodePairs): SortedPairs | undefined {
  const lists = listsOf(order);
  const sorted = sortNodes(order, lists);
  return sorted.length < order.nodes ? undefined : { ...order, lists, sorted };
}

/**
 * Which of `targets` each node comes before. One bit a target and node, filled in one pass against the arrows; undefined if there is a
 * cycle.
 */
export function reachability(
  pairs: NodePairs | SortedPairs,
  targets: readonly number[],
): ((from: number, target: number) => boolean) | undefined {
  const order = 'sorted' in pairs ? pairs : sortPairs(pairs);
  if (!order) return undefined;
  const { lists, sorted } = order;
  const words = (targets.length + 31) >>> 5;
  const bits = new Int32Array(order.nodes * words);
  const columns = new Int32Array(order.nodes).fill(-1);
  targets.forEach((node, i) => {
    columns[node] = i;
  });
  for (let i = sorted.length - 1; i >= 0; i--) {
    const row = (sorted[i] as number) * words;
    for (let arrow = lists.first[sorted[i] as number] as number; arrow >= 0; arrow = lists.next[arrow] as number) {
      const to = order.pairs[2 * arrow + 1] as number;
      for (let w = 0; w < words; w++) bits[row + w] = (bits[row + w] as number) | (bits[to * words + w] as number);
      const own = columns[to] as number;
      if (own >= 0) setBit(bits, row, own);
    }
  }
  return (from, target) => {
    const bit = columns[target] as number;
    return bit >= 0 && (((bits[from * words + (bit >>> 5)] as number) >>> (bit & 31)) & 1) === 1;
  };
}

function setBit(bits: Int32Array, row: number, bit: number): void {
  const at = row + (bit >>> 5);
  bits[at] = (bits[at] as number) | (1 << (bit & 31));
}

function listsOf({ nodes, pairs }: NodePairs): Lists {
  const first = new Int32Array(nodes).fill(-1);
  const next = new Int32Array(pairs.length >> 1);
  for (let i = 0; i < pairs.length; i += 2) {
    const from = pairs[i] as number;
    next[i >> 1] = first[from] as number;
    first[from] = i >> 1;
  }
  return { first, next };
}

/** The nodes in an order that every arrow respects; those on cycles, and behind them, are left out. */
function sortNodes({ nodes, pairs }: NodePairs, { first, next }: Lists): Int32Array {
  const incoming = new Int32Array(nodes);
  for (let i = 1; i < pairs.length; i += 2) incoming[pairs[i] as number] = (incoming[pairs[i] as number] as number) + 1;
  const sorted = new Int32Array(nodes);
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
  return sorted.subarray(0, count);
}
