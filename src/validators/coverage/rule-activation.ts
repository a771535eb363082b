import type { Rule } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import { ruleCase, ruleSurroundings } from '../rules/rule-case.js';
import type { Subject } from '../subject.js';

/** What a request had to do with a rule. */
export interface RuleExercise {
  /** What calls for the rule occurred: before that it holds of anything. */
  readonly activated: boolean;
  /** What its condition was of some occurrence. */
  readonly answers: ReadonlySet<boolean>;
}

/** The steps of a rule whose occurrence calls for it; none where every request does. */
export function activatingSteps({ kind, steps }: Pick<Rule, 'kind' | 'steps'>): readonly string[] {
  const [a = '', b = ''] = steps;
  switch (kind) {
    case 'init':
    case 'end':
    case 'existence':
    case 'absence':
    case 'exactly':
    case 'at-least':
    case 'choice':
    case 'exclusive-choice':
      return [];
    case 'at-most':
    case 'responded-existence':
    case 'response':
    case 'alternate-response':
    case 'chain-response':
    case 'not-responded-existence':
    case 'not-response':
    case 'not-chain-response':
      return [a];
    case 'precedence':
    case 'alternate-precedence':
    case 'chain-precedence':
    case 'not-precedence':
    case 'not-chain-precedence':
      return [b];
    case 'co-existence':
    case 'succession':
    case 'alternate-succession':
    case 'chain-succession':
    case 'not-co-existence':
    case 'not-succession':
    case 'not-chain-succession':
      return [a, b];
    default:
      return kind satisfies never;
  }
}

/** Whether a request called for a rule: an occurrence of an activating step that the rule's condition does not leave out. */
export function ruleExercise(
  rule: Rule,
  { subject, evaluate }: { readonly subject: Subject; readonly evaluate: Evaluate },
): RuleExercise {
  const { order } = subject;
  if (order.contradiction) return { activated: false, answers: new Set() };
  const { happenings, answers } = ruleCase(rule, ruleSurroundings({ subject, order, evaluate }, [rule]));
  const steps = activatingSteps(rule);
  const calls = (step: string, i: number): boolean =>
    steps.includes(step) && (!answers.has(i) || answers.get(i) === true);
  return {
    activated: steps.length === 0 || happenings.steps.some(calls),
    answers: new Set([...answers.values()].filter((answer) => answer !== undefined)),
  };
}
