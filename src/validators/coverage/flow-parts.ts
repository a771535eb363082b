import {
  type Budget,
  budgetText,
  type CompiledFlow,
  type CoveredPart,
  type FlowNode,
  type Rule,
  ruleText,
} from '../../model/index.js';
import { orderParts } from './order-parts.js';

export type FlowPart = Omit<CoveredPart, 'requests'>;

/** Every part of a flow that a request can exercise. */
export function flowParts(flow: CompiledFlow): readonly FlowPart[] {
  const { steps, rules, budgets, invariants, effects } = flow;
  return [
    ...steps.map(({ name }): FlowPart => ({ kind: 'step', name, id: stepId(name) })),
    ...scopesOf(flow).flatMap(({ scope, order }) => orderParts(order, scope)),
    ...rules.flatMap(ruleParts),
    ...budgets.map((budget): FlowPart => ({ kind: 'budget', name: budgetText(budget), id: budgetId(budget) })),
    ...invariants.map(({ name }): FlowPart => ({ kind: 'invariant', name, id: invariantId(name) })),
    ...effects.map(
      ({ step, query }): FlowPart => ({
        kind: 'effect',
        name: `${step} in ${query.store}`,
        id: effectId(step, query.store),
      }),
    ),
  ];
}

/** The orders of a flow, each under a name: its own, and those inside of steps. */
export function scopesOf({
  order,
  steps,
}: CompiledFlow): readonly { readonly scope: string; readonly order: FlowNode }[] {
  const insides = steps.flatMap(({ name, inside }) => (inside ? [{ scope: scopeName(name), order: inside }] : []));
  return [{ scope: scopeName(undefined), order }, ...insides];
}

export const scopeName = (inside: string | undefined): string => (inside === undefined ? 'order' : `inside ${inside}`);
export const stepId = (step: string): string => `step ${step}`;
export const budgetId = (budget: Budget): string => `budget ${budgetText(budget)}`;
export const invariantId = (name: string): string => `invariant ${name}`;
export const effectId = (step: string, store: string): string => `effect ${step} ${store}`;

/** A rule with all that tells it from another. */
export function ruleId(rule: Rule): string {
  const { when, where, window } = rule;
  return `rule ${[ruleText(rule), when?.condition, where, window && JSON.stringify(window)].filter((part) => part !== undefined).join(' ')}`;
}

export const ruleConditionId = (rule: Rule, holds: boolean): string => `condition ${ruleId(rule)} ${holds}`;

function ruleParts(rule: Rule): readonly FlowPart[] {
  const { when } = rule;
  const conditions = when
    ? [true, false].map((holds): FlowPart => {
        return { kind: 'condition', name: `${when.condition} ${holds}`, id: ruleConditionId(rule, holds) };
      })
    : [];
  return [{ kind: 'rule', name: ruleText(rule), id: ruleId(rule) }, ...conditions];
}
