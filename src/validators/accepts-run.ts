import type { FlowNode } from '../model/index.js';
import { labelOf } from './conformance/index.js';
import { checkerOf } from './flow/request-order.js';

/** What happened in one order of points: 2i is the start of step i, 2i + 1 its end. */
export interface PointedRun {
  /** With the steps that it happened under, where that matters. */
  readonly leaves: readonly { readonly step: string; readonly under?: string }[];
  readonly points: readonly number[];
}

/** True if the run conforms to the order, and everything about its order is certain. */
export function acceptsRun(order: FlowNode, { leaves, points }: PointedRun): boolean {
  const certain = points.slice(1).flatMap((point, i) => [points[i] ?? 0, point]);
  const occurrences = leaves.map(({ step, under }, i) => ({
    labels: under === undefined ? [step] : [step, labelOf(step, under)],
    start: 2 * i,
    end: 2 * i + 1,
    tied: true,
  }));
  return checkerOf(order).check({ occurrences, nodes: 2 * leaves.length, certain, causes: [] }).kind === 'conforms';
}
