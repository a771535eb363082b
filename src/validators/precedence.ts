import { type Consequence, type Finding, type FindingCode, type FindingOf, restsOn } from '../model/index.js';
import { isSameJoint, jointOf } from './flow/joint.js';
import type { Subject } from './subject.js';

/** A finding of code `hides` explains one of code `hidden`, if the two are about the same thing. */
export interface PrecedenceRule {
  readonly hides: FindingCode;
  readonly hidden: FindingCode;
  readonly why: string;
  readonly applies: (cause: Finding, effect: Finding, subject: Subject) => boolean;
}

function rule<A extends FindingCode, B extends FindingCode>(
  hides: A,
  hidden: B,
  why: string,
  applies: (cause: FindingOf<A>, effect: FindingOf<B>, subject: Subject) => boolean,
): PrecedenceRule {
  return { hides, hidden, why, applies: applies as unknown as PrecedenceRule['applies'] };
}

const sameStep = (cause: Finding, effect: Finding): boolean => cause.step === effect.step;

const isOutcome = (cause: Finding, effect: FindingOf<'vote-integrity'>, subject: Subject): boolean =>
  cause.step === subject.flow.votes?.outcome && !effect.facts.outcomeStored;

/** Nothing else says that there is a newer version. */
const isSoleSource = (cause: Finding, effect: FindingOf<'stale-read'>): boolean =>
  effect.facts.by.every((step) => step === cause.step);

/** All that hold are this request's own. */
const isGrantedTwice = (cause: Finding, effect: FindingOf<'double-grant'>): boolean =>
  sameStep(cause, effect) && effect.facts.ours === effect.facts.holding;

/** The step is one of the last before what is missing. */
function comesAfter({ facts: { after, beside = [] } }: FindingOf<'missing-step'>, step: string | undefined): boolean {
  return step !== undefined && [after, ...beside].includes(step);
}

/** Every step that the missing-step names is behind the cause in the flow. */
function allBehind(step: string | undefined, effect: FindingOf<'missing-step'>, subject: Subject): boolean {
  const behind = subject.followersOf(step ?? '');
  return [effect.step ?? '', ...effect.facts.later].every((missing) => missing === step || behind.has(missing));
}

/**
 * Which finding explains which, so that one cause gives one finding. The first rule that applies decides; what is explained is kept among the
 * consequences.
 */
export const PRECEDENCE: readonly PrecedenceRule[] = [
  rule('swallowed-error', 'span-without-effect', 'the write failed, and the step kept it to itself', sameStep),
  rule('swallowed-error', 'stale-read', 'the newer version was never written', isSoleSource),
  rule('swallowed-error', 'vote-integrity', 'the outcome was not stored because its write failed', isOutcome),
  rule(
    'swallowed-error',
    'orphan',
    'the parent was not stored because its write failed',
    (cause, effect) => cause.step === effect.facts.parent,
  ),
  rule(
    'swallowed-error',
    'missing-step',
    'what follows a message that was not sent cannot happen',
    (cause, effect, subject) => cause.facts.client === 'kafka' && allBehind(cause.step, effect, subject),
  ),
  rule('span-without-effect', 'stale-read', 'the newer version was never written', isSoleSource),
  rule('span-without-effect', 'vote-integrity', 'the outcome is not there because its step lied', isOutcome),
  rule(
    'span-without-effect',
    'orphan',
    'the parent is not there because its step lied',
    (cause, effect) => cause.step === effect.facts.parent,
  ),
  rule(
    'span-without-effect',
    'missing-step',
    'a message that was not sent cannot be received',
    (cause, effect, subject) => cause.store === 'kafka' && allBehind(cause.step, effect, subject),
  ),
  rule(
    'vote-integrity',
    'wrong-count',
    'the number of votes is what is wrong with the vote',
    (_cause, effect, subject) => effect.step === subject.flow.votes?.step,
  ),
  rule(
    'wrong-count',
    'duplicate-effect',
    'the step ran more than once, and left its effect each time',
    (cause, effect) =>
      sameStep(cause, effect) &&
      cause.facts.observed * effect.facts.expectedCount >= effect.facts.observedCount &&
      cause.facts.observed > (cause.facts.max ?? Infinity),
  ),
  rule('wrong-count', 'double-grant', 'the step ran more than once, and granted it each time', isGrantedTwice),
  rule('duplicate-effect', 'double-grant', 'one grant was written more than once', isGrantedTwice),
  rule(
    'duplicate-effect',
    'wrong-count',
    'each copy of the message was received',
    (cause, effect, subject) =>
      cause.store === 'kafka' &&
      effect.facts.observed > effect.facts.min &&
      subject.followersOf(cause.step ?? '').has(effect.step ?? ''),
  ),
  rule(
    'wrong-count',
    'missing-step',
    'the step is there, but under another one',
    (cause, effect) =>
      sameStep(cause, effect) &&
      cause.facts.under !== undefined &&
      effect.facts.under !== undefined &&
      cause.facts.observed > cause.facts.min,
  ),
  rule(
    'unexpected-step',
    'missing-step',
    'the step is there, but under none that the flow wants it under',
    (cause, effect) => sameStep(cause, effect) && cause.facts.under !== undefined,
  ),
  rule(
    'not-consumed',
    'missing-step',
    'the message is there, its consumer has not handled it',
    (cause, effect, subject) => allBehind(cause.step, effect, subject),
  ),
  rule('outbox-gap', 'missing-step', 'the message was never sent, so nothing came of it', (cause, effect, subject) =>
    allBehind(cause.step, effect, subject),
  ),
  rule(
    'outbox-gap',
    'missing-step',
    'the request ended between the write and its announcement',
    (cause, effect) => effect.facts.stopped && comesAfter(effect, cause.facts.commit),
  ),
  rule(
    'orphan',
    'missing-step',
    'the parent was left out, and the child shows it',
    (cause, effect) => effect.step === cause.facts.parent && effect.facts.later.length === 0,
  ),
  rule('orphan', 'unexpected-step', 'the step left an effect that nothing owns', sameStep),
  rule('orphan', 'effect-without-span', 'the effect belongs to nothing, whoever wrote it', sameStep),
  rule('step-failed', 'step-failed', 'a step inside it failed', (cause, effect, subject) =>
    isInside(cause, effect, subject),
  ),
  rule('step-failed', 'missing-step', 'the request did not go on after a step that failed', (cause, effect) =>
    comesAfter(effect, cause.step),
  ),
  rule('step-failed', 'vote-integrity', 'the outcome was not stored because its step failed', isOutcome),
  rule(
    'step-failed',
    'orphan',
    'the parent is not there because its step failed',
    (cause, effect) => cause.step === effect.facts.parent,
  ),
  rule(
    'missing-step',
    'vote-integrity',
    'the outcome is not there because its step never happened',
    (cause, effect, subject) =>
      !effect.facts.outcomeStored && [cause.step, ...cause.facts.later].includes(subject.flow.votes?.outcome),
  ),
  rule(
    'missing-step',
    'unexpected-step',
    'another branch came in its place',
    (cause, effect) => effect.step !== undefined && cause.facts.instead?.steps.includes(effect.step) === true,
  ),
  rule('wrong-order', 'wrong-order', 'the same two parts of a sequence are in the wrong order', isAtSameJoint),
  rule('missing-step', 'rule-broken', 'the rule calls for the step that is missing', (cause, effect) =>
    effect.facts.rule.steps.some((step) => step === cause.step || cause.facts.later.includes(step)),
  ),
  rule('wrong-order', 'rule-broken', 'the rule asks for the order that is wrong', (cause, effect) =>
    effect.facts.rule.steps.every((step) => cause.facts.cycle.some(({ from }) => from.step === step)),
  ),
  rule('wrong-count', 'rule-broken', 'the rule counts the step that is counted wrong', (cause, effect) =>
    effect.facts.rule.steps.every((step) => step === cause.step),
  ),
  rule('over-budget', 'over-budget', 'without the slow step the wider budget is met', (cause, effect) =>
    accountsForExcess(cause, effect),
  ),
  rule(
    'context-lost',
    'missing-step',
    'the step may belong to a part that hangs loose',
    (cause, effect) => cause.service !== undefined && cause.service === effect.service,
  ),
];

/** Both are about what two parts of one sequence do to each other, and the other was told first. */
function isAtSameJoint(
  cause: FindingOf<'wrong-order'>,
  effect: FindingOf<'wrong-order'>,
  { order, flow }: Subject,
): boolean {
  if (order.contradiction) return false;
  const { cycles } = order.check;
  const [joint, other] = [cause, effect].map(({ facts }) => jointOf(facts.cycle, flow));
  const isFirst = cycles.indexOf(cause.facts.cycle) < cycles.indexOf(effect.facts.cycle);
  return isFirst && joint !== undefined && other !== undefined && isSameJoint(joint, other);
}

function isInside(cause: Finding, effect: Finding, subject: Subject): boolean {
  if (subject.order.contradiction || cause === effect) return false;
  const { occurrences, facts } = subject.order;
  const inner = occurrences.filter(({ traceStep }) => restsOn(cause, traceStep));
  const outer = occurrences.filter(({ traceStep }) => restsOn(effect, traceStep));
  return outer.some((a) => inner.some((b) => facts.causes(a, b)));
}

/** A step's budget is the narrow one: it names the step alone. */
function accountsForExcess(cause: FindingOf<'over-budget'>, effect: FindingOf<'over-budget'>): boolean {
  const narrow = cause.facts.budget === cause.step;
  const wide = effect.facts.budget !== effect.step;
  const excess = cause.facts.observedMs - cause.facts.limitMs;
  return narrow && wide && effect.facts.observedMs - excess <= effect.facts.limitMs;
}

/** Codes from the most telling to the least: what two witnesses show, then what the trace alone does. */
const TELLING: readonly FindingCode[] = [
  'vote-integrity',
  'double-grant',
  'effect-without-span',
  'swallowed-error',
  'span-without-effect',
  'outbox-gap',
  'duplicate-effect',
  'wrong-content',
  'orphan',
  'not-consumed',
  'stale-read',
  'forbidden-attribute',
  'wrong-order',
  'rule-broken',
  'step-failed',
  'missing-step',
  'unexpected-step',
  'wrong-count',
  'context-lost',
  'invariant-broken',
  'over-budget',
];

/** Keeps the findings that nothing explains, most telling first, and the others with the one that explains them. */
export function explain(
  findings: readonly Finding[],
  subject: Subject,
): { readonly findings: readonly Finding[]; readonly consequences: readonly Consequence[] } {
  const causeOf = new Map<Finding, Finding>();
  for (const each of PRECEDENCE) {
    for (const hidden of findings) {
      if (hidden.code !== each.hidden || causeOf.has(hidden)) continue;
      const cause = findings.find(
        (other) =>
          other.code === each.hides &&
          other !== hidden &&
          rootOf(other, causeOf) !== hidden &&
          each.applies(other, hidden, subject),
      );
      if (cause) causeOf.set(hidden, cause);
    }
  }
  const kept = findings
    .filter((finding) => !causeOf.has(finding))
    .sort((a, b) => TELLING.indexOf(a.code) - TELLING.indexOf(b.code));
  const consequences = findings.flatMap((finding) =>
    causeOf.has(finding) ? [{ finding, explainedBy: kept.indexOf(rootOf(finding, causeOf)) }] : [],
  );
  return { findings: kept, consequences };
}

function rootOf(finding: Finding, causeOf: ReadonlyMap<Finding, Finding>): Finding {
  let root = finding;
  for (let cause = causeOf.get(root); cause; cause = causeOf.get(root)) root = cause;
  return root;
}
