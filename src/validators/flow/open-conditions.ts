import { compileExpression, type Expression } from '../../lib/expression.js';
import { oncePer } from '../../lib/once-per.js';
import { type CompiledFlow, type FlowNode, nameInExpressions } from '../../model/index.js';
import type { Absence } from '../absence.js';
import { childrenOf, stepsUnder } from './tree.js';

/** What an expression asks of the request. */
interface Asked {
  readonly flow: CompiledFlow;
  readonly absence: Absence;
  readonly seen: (step: string) => number;
}

/**
 * The steps that an expression rests on and of which more may still come, or have come and been lost: what it is of those that are held it need not be of all. A step that
 * happened as often as the flow has room for is none of them: one more would be one too many.
 */
export function openStepsOf(expression: string, { flow, absence, seen }: Asked): readonly string[] {
  const rests = restingOn(flow)(expression);
  return flow.steps.flatMap(({ name }) => {
    const isNamed = rests === 'all' || rests.has(nameInExpressions(name));
    return isNamed && absence.mayStillCome(name) && seen(name) < roomFor(flow)(name) ? [name] : [];
  });
}

type Rests = ReadonlySet<string> | 'all';

/** By flow: the steps that an expression names, itself or through the flow's values. */
const restingOn = oncePer(({ values }: CompiledFlow): ((expression: string) => Rests) => {
  const known = new Map<string, Rests>();
  return (expression) => {
    const rests = known.get(expression) ?? stepsNamedIn(expression, values);
    known.set(expression, rests);
    return rests;
  };
});

function stepsNamedIn(expression: string, values: CompiledFlow['values']): Rests {
  const named = new Set<string>();
  const seen = new Set([expression]);
  // Grows while it is gone through: the values that it names are expressions too.
  for (const text of seen) {
    const names = namesIn(text);
    for (const { member } of names.filter(({ root }) => root === 'steps')) {
      if (member === undefined) return 'all';
      named.add(member);
    }
    for (const { member } of names.filter(({ root }) => root === 'values')) {
      for (const value of valuesAt(values, member)) seen.add(value);
    }
  }
  return named;
}

function namesIn(text: string): Expression['names'] {
  const compiled = compileExpression(text);
  return compiled.ok ? compiled.expression.names : [];
}

function valuesAt(values: CompiledFlow['values'], name: string | undefined): readonly string[] {
  return name === undefined ? Object.values(values) : [values[name] ?? 'true'];
}

/** By flow: how often a step may happen at most. One that is tried may be tried again; one that no order names is free. */
const roomFor = oncePer(({ order, steps }: CompiledFlow): ((step: string) => number) => {
  const isWithin = steps.some(({ inside }) => inside !== undefined);
  const tried = new Set(steps.flatMap(({ name, matcher }) => (matcher.tries === undefined ? [] : [name])));
  const most = new Map(stepsUnder(order).map((step) => [step, mostIn(order, step)] as const));
  return (step) => (isWithin || tried.has(step) ? Infinity : (most.get(step) ?? Infinity));
});

function mostIn(node: FlowNode, step: string): number {
  const each = childrenOf(node).map((child) => mostIn(child, step));
  switch (node.kind) {
    case 'step':
      return node.step === step ? 1 : 0;
    case 'choice':
    case 'if':
      return Math.max(0, ...each);
    case 'repeat':
      return each.some((most) => most > 0) ? (node.max ?? Infinity) * each.reduce(sum, 0) : 0;
    case 'sequence':
    case 'parallel':
    case 'any-order':
    case 'any-of':
    case 'optional':
    case 'flow':
      return each.reduce(sum, 0);
    default:
      return node satisfies never;
  }
}

function sum(a: number, b: number): number {
  return a + b;
}

/** Why what an expression is now need not be what it comes to. */
export function whileOpen(steps: readonly string[]): string {
  return steps.length === 0 ? '' : ` while more of ${steps.join(', ')} may come, or may have been lost`;
}
