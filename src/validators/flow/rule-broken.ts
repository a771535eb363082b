import type { Finding, Rule, Strength, UnknownReason } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import { ruleCase, ruleSurroundings } from '../rules/rule-case.js';
import { ruleHolds } from '../rules/rule-holds.js';
import type { Subject } from '../subject.js';
import { whileOpen } from './open-conditions.js';
import { addStrength, NO_STRENGTH } from './strength.js';

export interface RuleCheck {
  readonly findings: readonly Finding[];
  readonly reasons: readonly UnknownReason[];
  /** Steps that a rule calls for and that may still come. */
  readonly awaited: readonly string[];
  readonly strength: Strength;
}

const NONE: RuleCheck = {
  findings: [],
  reasons: [],
  awaited: [],
  strength: NO_STRENGTH,
};

/**
 * A rule is false in every order of the request that is possible.
 *
 * One finding a rule, about the occurrences that it is broken for. While a step that would mend it may still come, that step is awaited instead. A rule that holds in
 * some orders and not in others counts as met, and as undecided in the verdict's strength.
 *
 * Cannot tell where its conditions cannot be worked out: that is a reason, not a finding.
 */
export function ruleBroken(subject: Subject, evaluate: Evaluate): RuleCheck {
  const { order, flow } = subject;
  if (order.contradiction || flow.rules.length === 0) return NONE;
  const around = ruleSurroundings({ subject, order, evaluate }, flow.rules);
  const checks = flow.rules.map((rule) => checkRule(subject, { rule, held: ruleCase(rule, around) }));
  return checks.reduce(join, NONE);
}

function checkRule(
  subject: Subject,
  { rule, held }: { readonly rule: Rule; readonly held: ReturnType<typeof ruleCase> },
): RuleCheck {
  if (held.problems.length > 0) return { ...NONE, reasons: held.problems.map((problem) => undecided(rule, problem)) };
  const answer = ruleHolds(rule, held);
  const one = (proven: number): Strength => ({ required: 1, proven, undecided: 1 - proven });
  if (answer.holds === 'certain') return { ...NONE, strength: one(1) };
  if (answer.holds === 'open') {
    const reasons = subject.flow.prove
      ? [undecided(rule, 'it holds in some orders that are possible, not in all')]
      : [];
    return { ...NONE, strength: one(0), reasons };
  }
  const awaited = mending(rule, subject).filter((step) => subject.absence.mayStillCome(step));
  if (awaited.length > 0) return { ...NONE, awaited, strength: one(0) };
  const open = openStepsIn(rule, subject);
  if (open.length > 0)
    return {
      ...NONE,
      strength: one(0),
      reasons: [undecided(rule, `its condition cannot be worked out${whileOpen(open)}`)],
    };
  const { occurrences } = subject.order.contradiction ? { occurrences: [] } : subject.order;
  const asking = answer.asking.flatMap((i) => occurrences[i]?.traceStep ?? []);
  const step = asking[0]?.stepName ?? rule.steps[0] ?? '';
  const observed = rule.steps.map(
    (name) => held.happenings.steps.filter((each, i) => each === name && !held.leftOut(i)).length,
  );
  const finding = findingAbout(subject, 'rule-broken', {
    about: { step, occurrences: asking },
    facts: { rule, observed },
  });
  return { ...NONE, findings: [finding], strength: { required: 1, proven: 0, undecided: 0 } };
}

/** The steps that the conditions of a rule rest on, where they may change with what may still come. */
function openStepsIn({ when, where }: Rule, { openStepsOf }: Subject): readonly string[] {
  return [...new Set([when?.condition, where].flatMap((each) => (each === undefined ? [] : openStepsOf(each))))];
}

function undecided(rule: Rule, detail: string): UnknownReason {
  return { code: 'undecided', about: 'rule', steps: rule.steps, detail: `${rule.kind}: ${detail}` };
}

/** The steps of which one more could mend the rule; none where what happened has broken it for good. */
function mending({ kind, steps, count = 0 }: Rule, subject: Subject): readonly string[] {
  const [a = '', b = ''] = steps;
  switch (kind) {
    case 'existence':
    case 'at-least':
    case 'init':
    case 'end':
      return [a];
    case 'exactly':
      return subject.stepsNamed(a).length < count ? [a] : [];
    case 'choice':
      return steps;
    case 'exclusive-choice':
      return steps.some((step) => subject.stepsNamed(step).length > 0) ? [] : steps;
    case 'responded-existence':
    case 'response':
    case 'alternate-response':
    case 'chain-response':
      return [b];
    case 'precedence':
    case 'alternate-precedence':
    case 'chain-precedence':
      return [a];
    case 'co-existence':
    case 'succession':
    case 'alternate-succession':
    case 'chain-succession':
      return [a, b];
    case 'not-chain-response':
    case 'not-chain-precedence':
    case 'not-chain-succession':
      // Whatever comes between the two.
      return subject.flow.steps.map(({ name }) => name);
    case 'absence':
    case 'at-most':
    case 'not-responded-existence':
    case 'not-co-existence':
    case 'not-response':
    case 'not-precedence':
    case 'not-succession':
      return [];
    default:
      return kind satisfies never;
  }
}

function join(a: RuleCheck, b: RuleCheck): RuleCheck {
  return {
    findings: [...a.findings, ...b.findings],
    reasons: [...a.reasons, ...b.reasons],
    awaited: [...a.awaited, ...b.awaited],
    strength: addStrength(a.strength, b.strength),
  };
}
