import type { FlowNode } from '../../model/index.js';
import { childrenOf, stepsUnder } from './tree.js';

/** True of two steps of different branches, of which only one is taken. */
export function areAlternatives(node: FlowNode, a: string, b: string): boolean {
  const branches = childrenOf(node);
  if (node.kind === 'choice' || node.kind === 'if') {
    const [ofA, ofB] = [a, b].map((step) => branches.filter((branch) => stepsUnder(branch).includes(step)));
    const isApart = ofA?.length === 1 && ofB?.length === 1 && ofA[0] !== ofB[0];
    if (isApart) return true;
  }
  return branches.some((branch) => areAlternatives(branch, a, b));
}
