import type { OrderChecker, RepeatNode } from '../conformance/index.js';

/** The repeats around a place, outermost first. */
export function repeatsAround(place: number, { order }: OrderChecker): readonly RepeatNode[] {
  return order.nodes
    .flatMap((node) => (node.kind === 'repeat' && node.first <= place && place < node.after ? [node] : []))
    .reverse();
}
