import type { FlowNode } from '../../model/index.js';

/** The step names under a node, in order of declaration; a step at several places occurs as often. */
export function stepsUnder(node: FlowNode): readonly string[] {
  return node.kind === 'step' ? [node.step] : childrenOf(node).flatMap(stepsUnder);
}

/** Every sequence of the tree, outermost first, as the step names under each of its children. */
export function sequencesOf(node: FlowNode): readonly (readonly (readonly string[])[])[] {
  const below = childrenOf(node).flatMap(sequencesOf);
  return node.kind === 'sequence' ? [node.children.map(stepsUnder), ...below] : below;
}

/** Names of the steps that repeat one after the other. */
export function serialRepeats(node: FlowNode): readonly string[] {
  if (node.kind === 'repeat') return node.parallel ? [] : stepsUnder(node.child);
  return childrenOf(node).flatMap(serialRepeats);
}

/** For each step, the steps that the flow's sequences put after it. */
export function followersOf(root: FlowNode): ReadonlyMap<string, ReadonlySet<string>> {
  const followers = new Map(stepsUnder(root).map((step) => [step, new Set<string>()] as const));
  for (const children of sequencesOf(root)) {
    children.forEach((earlier, i) => {
      const later = children.slice(i + 1).flat();
      for (const step of earlier) for (const next of later) followers.get(step)?.add(next);
    });
  }
  return followers;
}

/** The parts of a node, in order of declaration. */
export function childrenOf(node: FlowNode): readonly FlowNode[] {
  switch (node.kind) {
    case 'step':
      return [];
    case 'sequence':
    case 'parallel':
    case 'any-order':
    case 'choice':
    case 'any-of':
      return node.children;
    case 'optional':
    case 'flow':
      return [node.child];
    case 'repeat':
      return node.between ? [node.child, node.between] : [node.child];
    case 'if':
      return node.otherwise ? [node.child, node.otherwise] : [node.child];
    default:
      return node satisfies never;
  }
}
