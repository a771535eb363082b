import type { FlowNode } from './flow.js';

/** The parts of a node, in order of declaration. */
export function partsOf(node: FlowNode): readonly FlowNode[] {
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

/** The step names under a node, in order of declaration; a step at several places occurs as often. */
export function stepsUnder(node: FlowNode): readonly string[] {
  return node.kind === 'step' ? [node.step] : partsOf(node).flatMap(stepsUnder);
}

/** The leaves under a node, in order of declaration: each with its step and the way to it, indexes of parts joined by dots. */
export function leavesUnder(root: FlowNode): readonly { readonly step: string; readonly way: string }[] {
  const walk = (node: FlowNode, way: readonly number[]): ReturnType<typeof leavesUnder> =>
    node.kind === 'step'
      ? [{ step: node.step, way: way.join('.') }]
      : partsOf(node).flatMap((part, i) => walk(part, [...way, i]));
  return walk(root, []);
}
