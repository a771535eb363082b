import { partsOf as childrenOf, type FlowNode, stepsUnder } from '../../model/index.js';

export { childrenOf, stepsUnder };

/** A sequence, as the step names under each of its parts. */
export interface SequenceOfSteps {
  readonly parts: readonly (readonly string[])[];
  readonly by: 'start' | 'end';
}

/** Every sequence of the tree, outermost first. */
export function sequencesOf(node: FlowNode): readonly SequenceOfSteps[] {
  const below = childrenOf(node).flatMap(sequencesOf);
  if (node.kind !== 'sequence') return below;
  return [{ parts: node.children.map(stepsUnder), by: node.by ?? 'end' }, ...below];
}

/** For each step, the steps that the flow's sequences put after it. */
export function followersOf(root: FlowNode): ReadonlyMap<string, ReadonlySet<string>> {
  const followers = new Map(stepsUnder(root).map((step) => [step, new Set<string>()] as const));
  for (const { parts } of sequencesOf(root)) {
    parts.forEach((earlier, i) => {
      const later = parts.slice(i + 1).flat();
      for (const step of earlier) for (const next of later) followers.get(step)?.add(next);
    });
  }
  return followers;
}

/** The tree with each of its steps replaced. */
export function mapSteps(node: FlowNode, replace: (step: FlowNode & { readonly kind: 'step' }) => FlowNode): FlowNode {
  return node.kind === 'step' ? replace(node) : mapParts(node, (part) => mapSteps(part, replace));
}

/** The node with each of its parts replaced. */
export function mapParts(node: FlowNode, map: (part: FlowNode) => FlowNode): FlowNode {
  switch (node.kind) {
    case 'step':
      return node;
    case 'sequence':
    case 'parallel':
    case 'any-order':
    case 'choice':
    case 'any-of':
      return { ...node, children: node.children.map(map) };
    case 'optional':
    case 'flow':
      return { ...node, child: map(node.child) };
    case 'repeat':
      return { ...node, child: map(node.child), ...(node.between ? { between: map(node.between) } : {}) };
    case 'if':
      return { ...node, child: map(node.child), ...(node.otherwise ? { otherwise: map(node.otherwise) } : {}) };
    default:
      return node satisfies never;
  }
}
