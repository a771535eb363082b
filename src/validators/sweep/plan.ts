import { oncePer } from '../../lib/once-per.js';
import type { Budget, CompiledFlow, FlowNode, Rule, RuleKind } from '../../model/index.js';
import type { CompiledOrder } from '../conformance/index.js';
import { checkerOf } from '../flow/request-order.js';
import { childrenOf } from '../flow/tree.js';

/** What the sweep looks up of a flow, compiled once. Steps go by their numbers in it. */
export interface SweepPlan {
  readonly flow: CompiledFlow;
  /** True if the flow asks for nothing that spans, their order, rules and budgets do not show. */
  readonly isOfSpansAlone: boolean;
  readonly order: CompiledOrder;
  /** By step: its only place in the order; -1 for one that the order does not name. */
  readonly places: Int32Array;
  /** By step: 1 if of nested spans each counts. */
  readonly nested: Uint8Array;
  readonly numbers: ReadonlyMap<string, number>;
  /** With the numbers of the first and the second of their steps; -1 for none. */
  readonly rules: readonly { readonly rule: Rule; readonly a: number; readonly b: number }[];
  /** Those on single occurrences, by the numbers of their steps. */
  readonly durations: readonly { readonly step: number; readonly budget: Budget }[];
  readonly stretches: readonly Extract<Budget, { kind: 'total' | 'between' }>[];
}

/** Rules whose answer neither looks for an order that fits nor depends on how the steps are listed. */
const CARRIED_RULES: readonly RuleKind[] = [
  'existence',
  'absence',
  'exactly',
  'at-least',
  'at-most',
  'choice',
  'exclusive-choice',
  'responded-existence',
  'co-existence',
  'response',
  'precedence',
  'succession',
  'not-responded-existence',
  'not-co-existence',
  'not-response',
  'not-precedence',
  'not-succession',
];

/** Undefined for a flow that asks for something the sweep does not know the law of. */
export const sweepPlan = oncePer((flow: CompiledFlow): SweepPlan | undefined => {
  if (!isPlain(flow)) return undefined;
  const { order } = checkerOf(flow.order);
  if (!order.treeClass.exact || order.serialGroups > 0) return undefined;
  const numbers = new Map(flow.steps.map(({ name }, number) => [name, number] as const));
  const numberOf = (step = ''): number => numbers.get(step) ?? -1;
  return {
    flow,
    isOfSpansAlone: speaksOfSpansAlone(flow),
    order,
    places: Int32Array.from(flow.steps, ({ name }) => order.placeOfLabel.get(name) ?? -1),
    nested: Uint8Array.from(flow.steps, ({ matcher }) => (matcher.nested === 'each' ? 1 : 0)),
    numbers,
    rules: flow.rules.map((rule) => ({ rule, a: numberOf(rule.steps[0]), b: numberOf(rule.steps[1]) })),
    durations: flow.budgets.flatMap((budget) =>
      budget.kind === 'step' || budget.kind === 'attempt' ? [{ step: numberOf(budget.step), budget }] : [],
    ),
    stretches: flow.budgets.filter((budget) => budget.kind === 'total' || budget.kind === 'between'),
  };
});

function speaksOfSpansAlone({
  effects,
  leases,
  outbox,
  votes,
  versions,
  invariants,
  forbidden,
}: CompiledFlow): boolean {
  const others = [effects, leases, outbox, versions, invariants, forbidden];
  return votes === undefined && others.every(({ length }) => length === 0);
}

/** No tries to put together, no order inside of a step, no place bound to another step, no condition. */
function isPlain({ steps, order, rules }: CompiledFlow): boolean {
  return (
    isUnconditional(order) &&
    new Set(steps.map(({ name }) => name)).size === steps.length &&
    steps.every(({ inside, attempts, matcher }) => !inside && !attempts && matcher.tries === undefined) &&
    rules.every(isCarried)
  );
}

function isUnconditional(node: FlowNode): boolean {
  if (node.kind === 'if' || (node.kind === 'step' && node.under !== undefined)) return false;
  return childrenOf(node).every(isUnconditional);
}

function isCarried({ kind, when, where, window }: Rule): boolean {
  return CARRIED_RULES.includes(kind) && when === undefined && where === undefined && window === undefined;
}
