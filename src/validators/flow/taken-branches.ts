import type { FlowNode } from '../../model/index.js';
import { childrenOf, stepsUnder } from './tree.js';

/**
 * The order with no other branches than those that a request began: what it began it meant to do, though leaving it out would be fewer edits.
 *
 * ```
 *   flow   choice: [approve → grant → mail] or [optional: reject]
 *   seen   approve                                     grant is missing, rather than approve too many
 * ```
 *
 * Rounds of a repeat may each take another branch: they are left alone.
 */
export function takenBranches(node: FlowNode, happened: (step: string) => boolean): FlowNode {
  const take = (child: FlowNode): FlowNode => takenBranches(child, happened);
  const isUsed = (child: FlowNode): boolean => stepsUnder(child).some(happened);
  switch (node.kind) {
    case 'step':
    case 'repeat':
      return node;
    case 'sequence':
    case 'parallel':
    case 'any-order':
      return { ...node, children: node.children.map(take) };
    case 'optional':
      return isUsed(node.child) ? take(node.child) : node;
    case 'flow':
      return { ...node, child: take(node.child) };
    case 'choice':
    case 'if':
    case 'any-of': {
      const [only, ...others] = childrenOf(node).filter(isUsed).map(take);
      if (!only) return node;
      if (others.length === 0) return only;
      return { kind: node.kind === 'any-of' ? 'parallel' : 'choice', children: [only, ...others] };
    }
    default:
      return node satisfies never;
  }
}
