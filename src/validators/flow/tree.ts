import type { FlowNode } from '../../model/index.js';

/** The step names under a node, in order of declaration. */
export function stepsUnder(node: FlowNode): readonly string[] {
  switch (node.kind) {
    case 'step':
    case 'repeat':
      return [node.step];
    case 'optional':
      return stepsUnder(node.child);
    case 'sequence':
    case 'parallel':
    case 'choice':
      return node.children.flatMap(stepsUnder);
    default:
      return node satisfies never;
  }
}

/** Every sequence of the tree, outermost first, as the step names under each of its children. */
export function sequencesOf(node: FlowNode): readonly (readonly (readonly string[])[])[] {
  const below = childrenOf(node).flatMap(sequencesOf);
  return node.kind === 'sequence' ? [node.children.map(stepsUnder), ...below] : below;
}

/** Names of the steps that repeat one after the other. */
export function serialRepeats(node: FlowNode): readonly string[] {
  if (node.kind === 'repeat') return node.parallel ? [] : [node.step];
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

function childrenOf(node: FlowNode): readonly FlowNode[] {
  if (node.kind === 'optional') return [node.child];
  return node.kind === 'step' || node.kind === 'repeat' ? [] : node.children;
}
