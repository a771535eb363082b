import type { Evidence, Finding, Handoff, Strength, UnknownReason, Verdict } from '../model/index.js';
import { judgeAssignments } from './assignments.js';
import { type Checked, joinChecked, NOTHING_FOUND } from './checked.js';
import type { Evaluate } from './evaluate.js';
import { contextLost } from './flow/context-lost.js';
import { forbiddenAttribute } from './flow/forbidden-attribute.js';
import { invariantBroken } from './flow/invariant-broken.js';
import { missingStep } from './flow/missing-step.js';
import { type BudgetCheck, overBudget } from './flow/over-budget.js';
import { type RuleCheck, ruleBroken } from './flow/rule-broken.js';
import { staleRead } from './flow/stale-read.js';
import { stepFailed } from './flow/step-failed.js';
import { addStrength, NO_STRENGTH } from './flow/strength.js';
import { swallowedError } from './flow/swallowed-error.js';
import { triedAgainNotes } from './flow/tried-again.js';
import { unexpectedStep, unknownSpanNotes } from './flow/unexpected-step.js';
import { wrongCount } from './flow/wrong-count.js';
import { wrongOrder } from './flow/wrong-order.js';
import { explain } from './precedence.js';
import {
  incomplete,
  storeUnreachable,
  telemetryLost,
  undecidedOrder,
  unplannedEffects,
  unresolvedConditions,
} from './reasons.js';
import { doubleGrant } from './store/double-grant.js';
import { duplicateEffect } from './store/duplicate-effect.js';
import { effectWithoutSpan } from './store/effect-without-span.js';
import { notConsumed } from './store/not-consumed.js';
import { orphan } from './store/orphan.js';
import { outboxGap } from './store/outbox-gap.js';
import { spanWithoutEffect } from './store/span-without-effect.js';
import { voteIntegrity } from './store/vote-integrity.js';
import { wrongContent } from './store/wrong-content.js';
import { prepare, prepareProven, type Subject } from './subject.js';
import type { ProvenTrace } from './sweep/prove-conforms.js';
import { forbidsWithoutSteps, isWhole } from './without-steps.js';

/** Each looks for one violation; none knows of another. */
const VALIDATORS: readonly ((subject: Subject) => readonly Finding[])[] = [
  missingStep,
  unexpectedStep,
  wrongOrder,
  wrongCount,
  stepFailed,
  contextLost,
  swallowedError,
  spanWithoutEffect,
  effectWithoutSpan,
  duplicateEffect,
  outboxGap,
  orphan,
  notConsumed,
  voteIntegrity,
  forbiddenAttribute,
];

/** The same, of those that work out expressions of the flow. */
const WORKED_OUT: readonly ((subject: Subject, evaluate: Evaluate) => Checked)[] = [
  wrongContent,
  doubleGrant,
  staleRead,
  invariantBroken,
];

/**
 * The verdict on one revision of one request: `fail` if anything is violated, else `unknown` if anything stands in the way of knowing, else `pass`.
 *
 * - Pure: the same evidence gives the same verdict. Expressions are worked out by `evaluate`.
 * - Nothing to check is unknown, never a pass; an open request never passes.
 * - A request without a step of the flow: see docs/adr/0175.
 * - Of an open request only what no further span can repair is a finding.
 * - `proven`: the order, rules and budgets of its spans were shown to hold, and are not looked at again.
 */
export function judge(evidence: Evidence, evaluate: Evaluate, proven?: ProvenTrace): Verdict {
  const subject = proven && prepareProven(evidence, proven.order);
  // What a store shows of a step without a span bears on the order too.
  if (subject && !subject.effects.some(({ isDark }) => isDark)) return judgeSubject(subject, evaluate, proven);
  return judgeAssignments(evidence, (assigned) => judgeAssigned(assigned, evaluate));
}

function judgeAssigned(evidence: Evidence, evaluate: Evaluate): { readonly verdict: Verdict; readonly fits: boolean } {
  const subject = prepare(evidence, evaluate);
  const { missing, counts, unexpected } = subject.counts;
  const fits = missing.length + counts.length + unexpected.length === 0;
  return {
    verdict: subject.steps.length === 0 ? judgeWithoutSteps(subject, evaluate) : judgeSubject(subject, evaluate),
    fits,
  };
}

function judgeSubject(subject: Subject, evaluate: Evaluate, proven?: ProvenTrace): Verdict {
  const worked = joinChecked(WORKED_OUT.map((validator) => validator(subject, evaluate)));
  const { budgets, rules, order, unknown } = proven ? asProven(proven) : checkSpans(subject, evaluate);
  const all = [
    ...VALIDATORS.flatMap((validator) => validator(subject)),
    ...[worked, budgets, rules].flatMap(({ findings }) => findings),
  ];
  const explained = explain(all, subject);
  const stopsAt = deadEnds(explained.findings);
  const reasons = [
    ...telemetryLost(subject, (handoff) => stopsAt.some((end) => isSentBy(handoff, { end, subject }))),
    ...incomplete(subject, {
      alsoAwaited: rules.awaited,
      explained: (step) => isExplained(step, { findings: explained.findings, stopsAt, subject }),
    }),
    ...storeUnreachable(subject),
    ...order.reasons,
    ...[rules, budgets, worked].flatMap(({ reasons: found }) => found),
  ];
  const gone = reasons.some(({ code }) => code === 'telemetry-lost' || code === 'incomplete');
  const stopped = all.some(({ code }) => code === 'missing-step' || code === 'step-failed');
  if (!gone && !stopped) reasons.push(...unplannedEffects(subject), ...unresolvedConditions(subject));
  const notes = [...unknown, ...triedAgainNotes(subject), ...order.notes, ...budgets.notes];
  return compose(subject, {
    ...explained,
    reasons,
    notes,
    strength: addStrength(orderStrength(subject), rules.strength),
  });
}

interface SpanChecks {
  readonly budgets: BudgetCheck;
  readonly rules: RuleCheck;
  readonly order: ReturnType<typeof undecidedOrder>;
  /** Remarks on what the flow does not know. */
  readonly unknown: readonly string[];
}

function checkSpans(subject: Subject, evaluate: Evaluate): SpanChecks {
  return {
    budgets: overBudget(subject),
    rules: ruleBroken(subject, evaluate),
    order: undecidedOrder(subject),
    unknown: unknownSpanNotes(subject),
  };
}

function asProven({ notes, rules }: ProvenTrace): SpanChecks {
  return {
    budgets: { ...NOTHING_FOUND, notes },
    rules: { ...NOTHING_FOUND, awaited: [], strength: rules },
    order: { reasons: [], notes: [] },
    unknown: [],
  };
}

/** Findings after which a hand-off is not received, for a reason that is known: nothing was sent, or nobody takes it. */
function deadEnds(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => {
    if (finding.code === 'swallowed-error') return finding.facts.client === 'kafka';
    if (finding.code === 'span-without-effect') return finding.store === 'kafka';
    return finding.code === 'not-consumed' || finding.code === 'outbox-gap';
  });
}

/** Nobody waits for what comes after a dead end, nor for votes once the vote itself is found wrong. */
function isExplained(
  step: string,
  {
    findings,
    stopsAt,
    subject,
  }: {
    readonly findings: readonly Finding[];
    readonly stopsAt: readonly Finding[];
    readonly subject: Subject;
  },
): boolean {
  if (findings.some((finding) => finding.code === 'vote-integrity' && finding.step === step)) return true;
  return stopsAt.some((end) => end.step === step || subject.followersOf(end.step ?? '').has(step));
}

function isSentBy(handoff: Handoff, { end, subject }: { readonly end: Finding; readonly subject: Subject }): boolean {
  if (subject.index.lineOf(handoff.spanId).some((span) => end.spanIds.includes(span.spanId))) return true;
  const topics = subject.effects.flatMap(({ effect }) =>
    effect.step === end.step && effect.query.store === 'kafka' ? [effect.query.topic] : [],
  );
  return topics.includes(handoff.peer);
}

/**
 * No step of the flow at all. Of a request that is whole, and that was asked for, what the flow requires is missing; one that keeps what the flow forbids passes only where that could be seen
 * without a step. Of any other only what stands whatever may still come is told.
 */
function judgeWithoutSteps(subject: Subject, evaluate: Evaluate): Verdict {
  if (subject.evidence.overheard || !isWhole(subject)) return judgeNothing(subject);
  const verdict = judgeSubject(subject, evaluate);
  if (verdict.outcome === 'pass' && forbidsWithoutSteps(subject.flow)) return verdict;
  return {
    ...verdict,
    outcome: verdict.outcome === 'fail' ? 'fail' : 'unknown',
    reasons: [{ code: 'nothing-to-check' }, ...verdict.reasons],
  };
}

/** An attribute that no span may have is there or not; what a store shows stands where the trace is proven to be whole. */
function judgeNothing(subject: Subject): Verdict {
  const proven = subject.trace.completedBy === 'accounted';
  const all = [...forbiddenAttribute(subject), ...(proven ? effectWithoutSpan(subject) : [])];
  const reasons: readonly UnknownReason[] = [{ code: 'nothing-to-check' }, ...telemetryLost(subject, () => false)];
  return compose(subject, {
    ...explain(all, subject),
    reasons,
    notes: unknownSpanNotes(subject),
    strength: orderStrength(subject),
  });
}

function compose(
  subject: Subject,
  parts: Pick<Verdict, 'findings' | 'consequences' | 'reasons' | 'notes' | 'strength'>,
): Verdict {
  const { trace, flow } = subject;
  const open = trace.completionStatus === 'open';
  return {
    requestId: trace.requestId,
    revision: trace.revision,
    flow: flow.name,
    outcome: parts.findings.length > 0 ? 'fail' : parts.reasons.length > 0 || open ? 'unknown' : 'pass',
    completedBy: trace.completedBy,
    ...parts,
  };
}

function orderStrength({ order }: Subject): Strength {
  return order.contradiction ? NO_STRENGTH : order.check.strength;
}
