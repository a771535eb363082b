import type { CompiledFlow, CycleEdge, FlowNode } from '../../model/index.js';
import { ordersOf } from './check.js';
import { childrenOf, stepsUnder } from './tree.js';

/** A sequence and two of its parts. */
export interface Joint {
  readonly sequence: FlowNode;
  readonly earlier: number;
  readonly later: number;
}

/** The sequence that a cycle is about, where it is about one requirement alone and the sequence is the only one that has both steps. */
export function jointOf(cycle: readonly CycleEdge[], flow: Pick<CompiledFlow, 'order' | 'steps'>): Joint | undefined {
  const [required, ...others] = cycle.filter(({ because }) => because.kind === 'flow');
  if (!required || others.length > 0) return undefined;
  const joints = ordersOf(flow).flatMap((order) => jointsIn(order, required.from.step, required.to.step));
  return joints.length === 1 ? joints[0] : undefined;
}

function jointsIn(node: FlowNode, from: string, to: string): readonly Joint[] {
  const below = childrenOf(node).flatMap((child) => jointsIn(child, from, to));
  if (node.kind !== 'sequence') return below;
  const earlier = node.children.findIndex((child) => stepsUnder(child).includes(from));
  const later = node.children.findIndex((child) => stepsUnder(child).includes(to));
  return earlier >= 0 && later > earlier ? [...below, { sequence: node, earlier, later }] : below;
}

export function isSameJoint(a: Joint, b: Joint): boolean {
  return a.sequence === b.sequence && a.earlier === b.earlier && a.later === b.later;
}
