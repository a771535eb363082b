import type { CompiledFlow, FlowNode } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

/** Takes down what the check of the order cannot decide exactly: it is refused rather than answered wrongly. */
export function refuseOutsideClass(
  { order, steps }: Pick<CompiledFlow, 'order' | 'steps'>,
  reading: FlowReading,
): void {
  for (const message of new Set(outside(order, new Set()))) reading.problems.add(['order'], message);
  for (const { name, inside } of steps) {
    if (inside) reading.problems.add(['steps', name, 'inside'], '"inside" is not supported yet', { part: 'key' });
  }
}

function outside(node: FlowNode, seen: Set<string>): readonly string[] {
  switch (node.kind) {
    case 'step': {
      const twice = seen.has(node.step);
      seen.add(node.step);
      return [
        ...(twice ? [`step "${node.step}" is already in the order; each step has one place`] : []),
        ...(node.under === undefined ? [] : ['"under" is not supported yet']),
      ];
    }
    case 'repeat':
      return [
        ...(node.child.kind === 'step' && !node.between ? [] : ['repeat goes round one step only']),
        ...outside(node.child, seen),
      ];
    case 'sequence':
      return [
        ...(node.by === 'start' ? ['"by: start" is not supported yet'] : []),
        ...node.children.flatMap((child) => outside(child, seen)),
      ];
    case 'any-order':
    case 'if':
      return [`"${node.kind}" is not supported yet`];
    case 'parallel':
    case 'choice':
    case 'any-of':
      return node.children.flatMap((child) => outside(child, seen));
    case 'optional':
    case 'flow':
      return outside(node.child, seen);
    default:
      return node satisfies never;
  }
}
