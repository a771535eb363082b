import type { CompiledFlow, FlowNode } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

/** Takes down what the check of the order cannot explain when it fails: it is refused rather than told badly. */
export function refuseOutsideClass(
  { order, steps }: Pick<CompiledFlow, 'order' | 'steps'>,
  reading: FlowReading,
): void {
  for (const message of new Set(outside(order, new Map()))) reading.problems.add(['order'], message);
  for (const { name, inside } of steps) {
    const messages = inside ? outside(inside, new Map()) : [];
    for (const message of new Set(messages)) reading.problems.add(['steps', name, 'inside'], message);
  }
}

type Places = Map<string, Set<string | undefined>>;

function outside(node: FlowNode, seen: Places): readonly string[] {
  switch (node.kind) {
    case 'step':
      return secondPlace(node, seen);
    case 'repeat':
      return [
        ...(node.child.kind === 'step' && !node.between ? [] : ['repeat goes round one step only']),
        ...outside(node.child, seen),
      ];
    case 'any-order':
      return [
        ...(node.children.every(isSingle) ? [] : ['any-order is of single steps only']),
        ...node.children.flatMap((child) => outside(child, seen)),
      ];
    case 'sequence':
    case 'parallel':
    case 'choice':
    case 'any-of':
      return node.children.flatMap((child) => outside(child, seen));
    case 'optional':
    case 'flow':
      return outside(node.child, seen);
    case 'if':
      return [node.child, ...(node.otherwise ? [node.otherwise] : [])].flatMap((child) => outside(child, seen));
    default:
      return node satisfies never;
  }
}

function isSingle(node: FlowNode): boolean {
  return (node.kind === 'optional' ? node.child : node).kind === 'step';
}

/** Places of one step are told apart if each is bound, and to another step. */
function secondPlace({ step, under }: FlowNode & { readonly kind: 'step' }, seen: Places): readonly string[] {
  const bound = seen.get(step) ?? new Set();
  const known = bound.has(under) || (bound.size > 0 && (under === undefined || bound.has(undefined)));
  seen.set(step, bound.add(under));
  return known ? [`step "${step}" is already in the order; bind its places with "under" to tell them apart`] : [];
}
