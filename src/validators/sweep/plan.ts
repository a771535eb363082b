import { oncePer } from '../../lib/once-per.js';
import type { Budget, CompiledFlow, FlowNode, Rule, RuleKind } from '../../model/index.js';
import { type CompiledOrder, isShortRepeat } from '../conformance/index.js';
import { ordersOf } from '../flow/check.js';
import { type Holds, resolveConditions } from '../flow/conditions.js';
import { checkerOf } from '../flow/request-order.js';
import { childrenOf, stepsUnder } from '../flow/tree.js';

/** What the sweep looks up of a flow whose conditions are decided, compiled once. Steps go by their numbers in it. */
export interface SweepPlan extends FlowPlan {
  /** Which of the plans of its flow it is. */
  readonly number: number;
  /** True if how often each place was taken says which way a request went, and what of the flow it called for. */
  readonly isCounted: boolean;
  readonly order: CompiledOrder;
  /** By step: its only place in the order, whatever it is under; -1 for one that has none. */
  readonly places: Int32Array;
  /** By step: its places that are bound to what it is under. */
  readonly bound: readonly (readonly BoundPlace[])[];
}

/** A place for what is under a step. */
interface BoundPlace {
  readonly place: number;
  readonly under: number;
}

/** The same, as far as it does not hang on conditions. */
export interface FlowPlan {
  readonly flow: CompiledFlow;
  /** True if the flow asks for nothing that spans, their order, rules and budgets do not show. */
  readonly isOfSpansAlone: boolean;
  /** By step: 1 if of nested spans each counts. */
  readonly nested: Uint8Array;
  readonly numbers: ReadonlyMap<string, number>;
  /** By step: 1 if some order names it, whatever the conditions come to. */
  readonly named: Uint8Array;
  /** By step: the order inside of it. */
  readonly insides: readonly (FlowNode | undefined)[];
  /** By step: those whose inside has it. */
  readonly owners: readonly (readonly number[])[];
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
export const flowPlan = oncePer((flow: CompiledFlow): FlowPlan | undefined => {
  if (!isPlain(flow)) return undefined;
  const numbers = new Map(flow.steps.map(({ name }, number) => [name, number] as const));
  const numberOf = (step = ''): number => numbers.get(step) ?? -1;
  const insides = flow.steps.map(({ inside }) => inside);
  const named = new Set(ordersOf(flow).flatMap(stepsUnder));
  const hasInside = (owner: FlowNode | undefined, name: string): boolean =>
    owner !== undefined && stepsUnder(owner).includes(name);
  return {
    flow,
    isOfSpansAlone: speaksOfSpansAlone(flow),
    nested: Uint8Array.from(flow.steps, ({ matcher }) => (matcher.nested === 'each' ? 1 : 0)),
    numbers,
    named: Uint8Array.from(flow.steps, ({ name }) => (named.has(name) ? 1 : 0)),
    insides,
    owners: flow.steps.map(({ name }) => insides.flatMap((inside, owner) => (hasInside(inside, name) ? [owner] : []))),
    rules: flow.rules.map((rule) => ({ rule, a: numberOf(rule.steps[0]), b: numberOf(rule.steps[1]) })),
    durations: flow.budgets.flatMap((budget) =>
      budget.kind === 'step' || budget.kind === 'attempt' ? [{ step: numberOf(budget.step), budget }] : [],
    ),
    stretches: flow.budgets.filter((budget) => budget.kind === 'total' || budget.kind === 'between'),
  };
});

/** The plan for requests of which these conditions hold; undefined where one is not decided, or leads to an order that takes a search. */
export function sweepPlan(plan: FlowPlan, holds: Holds): SweepPlan | undefined {
  const { order, unresolved } = resolveConditions(plan.flow.order, holds);
  return unresolved.length === 0 ? plansOf(plan)(order) : undefined;
}

const plansOf = oncePer((plan: FlowPlan) => {
  let plans = 0;
  return oncePer((decided: FlowNode): SweepPlan | undefined => {
    const { order } = checkerOf(decided);
    if (!order.treeClass.exact || order.serialGroups > 0) return undefined;
    const { steps } = plan.flow;
    return {
      ...plan,
      number: plans++,
      isCounted:
        plan.rules.every(({ rule: { when } }) => when === undefined) &&
        order.nodes.every((node) => node.kind !== 'repeat' || isShortRepeat(node)),
      order,
      places: Int32Array.from(steps, ({ name }) => order.placeOfLabel.get(name) ?? -1),
      bound: steps.map(({ name }) =>
        order.places.flatMap(({ id, step, under }) =>
          step === name && under !== undefined ? [{ place: id, under: plan.numbers.get(under) ?? -1 }] : [],
        ),
      ),
    };
  });
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

/** No tries to put together; inside of a step, no place bound to another and no condition. */
function isPlain({ steps, rules }: CompiledFlow): boolean {
  return (
    new Set(steps.map(({ name }) => name)).size === steps.length &&
    steps.every(
      ({ inside, attempts, matcher }) => !attempts && matcher.tries === undefined && isUnconditional(inside),
    ) &&
    rules.every(({ kind }) => CARRIED_RULES.includes(kind))
  );
}

function isUnconditional(node: FlowNode | undefined): boolean {
  if (node?.kind === 'if' || (node?.kind === 'step' && node.under !== undefined)) return false;
  return node === undefined || childrenOf(node).every(isUnconditional);
}
