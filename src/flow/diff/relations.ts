import { type FlowNode, ORDER_RELATIONS, type OrderRelation, partsOf, stepsUnder } from '../../model/index.js';

/** By pair of steps, the first before the second by name: how they can stand to each other in time, in the runs that have both. */
export type OrderRelations = ReadonlyMap<string, readonly OrderRelation[]>;

export function pairKey(first: string, second: string): string {
  return `${first} ${second}`;
}

/** Every relation that the tree puts two places of two steps in. A step's own places are told too, under its name twice. */
export function relationsIn(order: FlowNode): OrderRelations {
  const found = new Map<string, Set<OrderRelation>>();
  walk(order, { rounds: 'none', found });
  return new Map(
    [...found].map(([pair, relations]) => [pair, ORDER_RELATIONS.filter((relation) => relations.has(relation))]),
  );
}

interface Walk {
  /** Whether the node is gone round, and how. */
  readonly rounds: 'none' | 'serial' | 'parallel';
  readonly found: Map<string, Set<OrderRelation>>;
}

function walk(node: FlowNode, { rounds, found }: Walk): void {
  const parts = partsOf(node);
  const goesRound = node.kind === 'repeat' && (node.max === null || node.max > 1);
  const inner = goesRound ? (node.parallel ? 'parallel' : 'serial') : undefined;
  for (const part of parts) walk(part, { rounds: inner ?? rounds, found });
  const put = (a: string, b: string, relation: OrderRelation): void => {
    const [key, told] = a <= b ? [pairKey(a, b), relation] : [pairKey(b, a), turned(relation)];
    found.set(key, (found.get(key) ?? new Set<OrderRelation>()).add(told));
  };
  if (goesRound)
    for (const step of stepsUnder(node.child)) put(step, step, node.parallel ? 'side-by-side' : 'one-at-a-time');
  const relation = relationBetween(node, rounds);
  if (relation === undefined) return;
  parts.forEach((earlier, i) => {
    for (const later of parts.slice(i + 1)) {
      for (const a of stepsUnder(earlier)) for (const b of stepsUnder(later)) put(a, b, relation);
    }
  });
}

/** How earlier parts of a node stand to later ones; undefined where no run has both. */
function relationBetween(node: FlowNode, rounds: Walk['rounds']): OrderRelation | undefined {
  switch (node.kind) {
    case 'sequence':
      if (rounds !== 'none') return 'before-in-each-round';
      return node.by === 'start' ? 'starts-before' : 'before';
    case 'parallel':
    case 'any-of':
      return 'side-by-side';
    case 'any-order':
      return 'one-at-a-time';
    case 'repeat':
      return node.between ? 'before-in-each-round' : undefined;
    default:
      return undefined;
  }
}

const TURNED: Readonly<Partial<Record<OrderRelation, OrderRelation>>> = {
  before: 'after',
  'starts-before': 'starts-after',
  'before-in-each-round': 'after-in-each-round',
};

function turned(relation: OrderRelation): OrderRelation {
  return TURNED[relation] ?? relation;
}
