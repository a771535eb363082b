import { type OrderGraph, sortNodes } from './order-graph.js';

/**
 * Which of `targets` each node comes before. One bit a target and node, filled in one pass against the arrows; undefined if the graph has a
 * cycle.
 */
export function reachability(
  graph: OrderGraph,
  targets: readonly number[],
): ((from: number, target: number) => boolean) | undefined {
  const sorted = sortNodes(graph);
  if (!sorted) return undefined;
  const words = Math.ceil(targets.length / 32);
  const bits = new Uint32Array(graph.arrows.length * words);
  const column = new Map(targets.map((node, i) => [node, i] as const));
  for (let i = sorted.length - 1; i >= 0; i--) {
    const node = sorted[i] ?? 0;
    for (const { to } of graph.arrows[node] ?? []) {
      for (let w = 0; w < words; w++)
        bits[node * words + w] = (bits[node * words + w] ?? 0) | (bits[to * words + w] ?? 0);
      const own = column.get(to);
      if (own !== undefined) setBit(bits, node * words, own);
    }
  }
  return (from, target) => {
    const bit = column.get(target);
    return bit !== undefined && (((bits[from * words + (bit >>> 5)] ?? 0) >>> (bit & 31)) & 1) === 1;
  };
}

function setBit(bits: Uint32Array, row: number, bit: number): void {
  const at = row + (bit >>> 5);
  bits[at] = (bits[at] ?? 0) | (1 << (bit & 31));
}
