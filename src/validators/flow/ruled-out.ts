import type { FlowNode } from '../../model/index.js';
import type { Holds } from './conditions.js';
import type { UnexpectedStep } from './feasible.js';
import { childrenOf, stepsUnder } from './tree.js';

/** Steps that have no place because of how a condition of the order was decided: one entry for each condition. */
export function withConditions(
  unexpected: readonly UnexpectedStep[],
  { order, holds }: { readonly order: FlowNode; readonly holds: Holds },
): readonly UnexpectedStep[] {
  const told = new Map<FlowNode, UnexpectedStep>();
  const others: UnexpectedStep[] = [];
  for (const each of unexpected) {
    const decided = each.branch === undefined ? ruledOutBy(order, each.step, holds) : undefined;
    if (!decided) others.push(each);
    else told.set(decided.node, together(told.get(decided.node), { ...each, condition: decided.condition }));
  }
  return [...told.values(), ...others];
}

function together(first: UnexpectedStep | undefined, next: UnexpectedStep): UnexpectedStep {
  if (!first) return next;
  return {
    ...first,
    also: [...(first.also ?? []), next.step, ...(next.also ?? [])],
    ...(first.spanIds && next.spanIds && { spanIds: [...first.spanIds, ...next.spanIds] }),
  };
}

interface Decided {
  readonly node: FlowNode;
  readonly condition: NonNullable<UnexpectedStep['condition']>;
}

/** The outermost condition whose part that was not taken has the step. */
function ruledOutBy(node: FlowNode, step: string, holds: Holds): Decided | undefined {
  if (node.kind === 'if') {
    const answer = holds(node.condition);
    const dropped = answer === undefined ? undefined : answer ? node.otherwise : node.child;
    if (dropped && answer !== undefined && stepsUnder(dropped).includes(step)) {
      return { node, condition: { expression: node.condition, holds: answer } };
    }
  }
  for (const child of childrenOf(node)) {
    const found = ruledOutBy(child, step, holds);
    if (found) return found;
  }
  return undefined;
}

/** The branch that was taken where this step is of another one: by its first step that happened, and as the part of the tree that the step is in. */
export function branchAgainst(
  node: FlowNode,
  step: string,
  used: ReadonlySet<string>,
): { readonly branch: string; readonly own: FlowNode } | undefined {
  if (node.kind === 'choice' || node.kind === 'if') {
    const own = childrenOf(node).find((child) => stepsUnder(child).includes(step));
    const taken = childrenOf(node).find((child) => child !== own && stepsUnder(child).some((each) => used.has(each)));
    const isOther = own && !stepsUnder(own).some((each) => used.has(each));
    const branch = taken && stepsUnder(taken).find((each) => used.has(each));
    if (own && isOther && branch !== undefined) return { branch, own };
  }
  for (const child of childrenOf(node)) {
    const found = branchAgainst(child, step, used);
    if (found) return found;
  }
  return undefined;
}
