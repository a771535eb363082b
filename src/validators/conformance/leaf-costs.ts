import { type OrderNode, partsOf } from './order-tree.js';

/** By node: the fewest leaves that a run of it has, not counting those that may go unseen. */
export function costsOf(nodes: readonly OrderNode[], isOpen: (place: number) => boolean): readonly number[] {
  const costs: number[] = [];
  for (const node of nodes) costs.push(costOf(node, costs, isOpen));
  return costs;
}

function costOf(node: OrderNode, costs: readonly number[], isOpen: (place: number) => boolean): number {
  const of = ({ id }: OrderNode): number => costs[id] as number;
  switch (node.kind) {
    case 'place':
      return isOpen(node.first) ? 0 : 1;
    case 'choice':
    case 'any-of':
      return Math.min(...node.children.map(of));
    case 'optional':
      return 0;
    case 'repeat':
      return node.min * of(node.child) + (node.between ? Math.max(0, node.min - 1) * of(node.between) : 0);
    default:
      return partsOf(node).reduce((sum, part) => sum + of(part), 0);
  }
}
