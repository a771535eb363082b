import type { Budget, Evidence } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import { invariantScope } from '../flow/invariant-scope.js';
import { type RequestReading, readRun } from '../read-run.js';
import type { Subject } from '../subject.js';
import { budgetId, effectId, invariantId, ruleConditionId, ruleId, scopeName, stepId } from './flow-parts.js';
import { waysTaken } from './order-parts.js';
import { ruleExercise } from './rule-activation.js';

/** What one request exercised of its flow. */
export interface Exercised {
  /** Ids of parts. */
  readonly parts: ReadonlySet<string>;
  /** False: it was no run of one of its orders, so that nothing says which branches it took. */
  readonly placed: boolean;
}

/**
 * What a request exercised, by the places that the law gives its occurrences.
 *
 * - a step: it occurred
 * - a branch, an option, rounds, a condition of the order: the run went that way
 * - a rule: what calls for it occurred; its condition: it was so of an occurrence
 * - a budget: what it bounds occurred; an invariant: it could be worked out
 * - an effect: its step occurred, and its store was read
 */
export function exercised(evidence: Evidence, evaluate: Evaluate): Exercised {
  const reading = readRun(evidence, evaluate);
  const { subject, runs } = reading;
  const parts = new Set([
    ...subject.steps.map(({ stepName }) => stepId(stepName)),
    ...waysOf(reading),
    ...rulesOf(subject, evaluate),
    ...subject.flow.budgets.filter((budget) => isMeasured(budget, subject)).map(budgetId),
    ...invariantsOf(subject, evaluate),
    ...subject.effects.flatMap(({ effect, steps, records }) =>
      steps.length > 0 && records !== undefined ? [effectId(effect.step, effect.query.store)] : [],
    ),
  ]);
  return { parts, placed: runs.length > 0 && runs.every(({ placed }) => placed !== undefined) };
}

function waysOf({ runs }: RequestReading): readonly string[] {
  return runs.flatMap(({ order, placed, holds, inside }) =>
    placed ? waysTaken(order, { scope: scopeName(inside), placed, holds }) : [],
  );
}

function rulesOf(subject: Subject, evaluate: Evaluate): readonly string[] {
  if (subject.steps.length === 0) return [];
  return subject.flow.rules.flatMap((rule) => {
    const { activated, answers } = ruleExercise(rule, { subject, evaluate });
    return [...(activated ? [ruleId(rule)] : []), ...[...answers].map((answer) => ruleConditionId(rule, answer))];
  });
}

function isMeasured(budget: Budget, { stepsNamed, steps }: Subject): boolean {
  switch (budget.kind) {
    case 'total':
      return steps.length > 0;
    case 'step':
      return stepsNamed(budget.step).length > 0;
    case 'attempt':
      return stepsNamed(budget.step).some(({ attempts }) => attempts.length > 0);
    case 'between':
      return stepsNamed(budget.from).length > 0 && stepsNamed(budget.to).length > 0;
    default:
      return budget satisfies never;
  }
}

function invariantsOf(subject: Subject, evaluate: Evaluate): readonly string[] {
  const { invariants } = subject.flow;
  if (invariants.length === 0) return [];
  const scope = invariantScope(subject);
  return invariants.flatMap(({ name, expression }) => {
    const answer = evaluate(expression, scope);
    return 'value' in answer && typeof answer.value === 'boolean' ? [invariantId(name)] : [];
  });
}
