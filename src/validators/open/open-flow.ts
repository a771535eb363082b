import type { Budget, CompiledFlow } from '../../model/index.js';

const known = new WeakMap<CompiledFlow, CompiledFlow>();

/**
 * What of a flow can be broken for good while the request is open. Made once for each flow.
 *
 * Not asked before completion: what speaks of the whole (invariants, the least total, the time from a first to a last), what is worked out from
 * values that may still change (conditions of rules, versions), what the stores show, and what the flow does not know, of which a step above may still come.
 */
export function openFlow(flow: CompiledFlow): CompiledFlow {
  const before = known.get(flow);
  if (before) return before;
  const tried = new Set(flow.steps.flatMap(({ name, matcher }) => (matcher.tries === undefined ? [] : [name])));
  const open: CompiledFlow = {
    ...flow,
    rules: flow.rules.filter(({ when, where }) => when === undefined && where === undefined),
    budgets: flow.budgets.flatMap((budget) => openBudget(budget, tried)),
    invariants: [],
    versions: [],
    effects: [],
    leases: [],
    outbox: [],
    votes: undefined,
    unexpected: 'allow',
    prove: false,
  };
  known.set(flow, open);
  return open;
}

function openBudget(budget: Budget, tried: ReadonlySet<string>): readonly Budget[] {
  switch (budget.kind) {
    case 'step':
      return tried.has(budget.step) ? [] : [budget];
    case 'total':
      return budget.limitMs === undefined ? [] : [{ kind: 'total', limitMs: budget.limitMs }];
    case 'attempt':
    case 'between':
      return [];
    default:
      return budget satisfies never;
  }
}
