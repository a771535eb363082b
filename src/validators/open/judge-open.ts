import type { Evidence, Finding, Span, Verdict } from '../../model/index.js';
import { judgeAssignments } from '../assignments.js';
import { forbiddenAttribute } from '../flow/forbidden-attribute.js';
import { missingStep } from '../flow/missing-step.js';
import { overBudget } from '../flow/over-budget.js';
import { ruleBroken } from '../flow/rule-broken.js';
import { stepFailed } from '../flow/step-failed.js';
import { NO_STRENGTH } from '../flow/strength.js';
import { unexpectedStep } from '../flow/unexpected-step.js';
import { wrongCount } from '../flow/wrong-count.js';
import { wrongOrder } from '../flow/wrong-order.js';
import { explain } from '../precedence.js';
import { prepare, type Subject } from '../subject.js';
import { checkOpenFlow } from './check-open-flow.js';
import { openFlow } from './open-flow.js';
import { hasScopes, settledRequest } from './settled-request.js';
import { settledSpans } from './settled-spans.js';

/** Each finds only what stays true, if it is given what stays true. */
const VALIDATORS: readonly ((subject: Subject) => readonly Finding[])[] = [
  missingStep,
  unexpectedStep,
  wrongOrder,
  wrongCount,
  stepFailed,
  (subject) => overBudget(subject).findings,
  (subject) => ruleBroken(subject, NOTHING_IS_KNOWN).findings,
];

const NOTHING_IS_KNOWN = () => ({ error: 'the request is open' });

/**
 * The verdict on a request while it is open: `fail` if no further span can repair it, else `unknown`.
 *
 * It is the very check that closes a request, of the part that stays as it is, with every step still to come. Facts are only added from here on, so what fails now fails then,
 * with three exceptions that can make the last word `unknown`: spans that contradict each other, more ways to read the request than are tried, and limits that drop what spans say.
 */
export function judgeOpen(evidence: Evidence): Verdict {
  const { settled, own } = settledPart(evidence);
  return judgeAssignments(settled, (assigned) => {
    const subject = prepare(assigned, NOTHING_IS_KNOWN, checkOpenFlow);
    return { verdict: judgeSettled(subject, own), fits: true };
  });
}

/**
 * The steps without which an open request would not conform, as far as spans have come; of these, those that the flow puts behind no other of them. What may be there
 * without being counted is not named. Empty where it cannot conform any more.
 */
export function awaitedNext({ flow, trace, ...rest }: Evidence): readonly string[] {
  const open = openFlow(flow);
  const stepSpans = trace.steps.flatMap(({ spanId, attempts }) => [spanId, ...attempts.map((each) => each.spanId)]);
  const isCause = settledSpans(trace).withCauses(stepSpans);
  const spans = trace.spans.filter(({ spanId }) => isCause(spanId));
  const subject = prepare({ ...rest, flow: open, trace: { ...trace, spans } }, NOTHING_IS_KNOWN);
  const uncounted = new Set(
    trace.steps.flatMap(({ stepName, alsoFits }) => (hasScopes(open) ? [stepName, ...alsoFits] : alsoFits)),
  );
  const awaited = [...new Set(subject.counts.awaited)].filter((step) => !uncounted.has(step));
  return awaited.filter((step) => !awaited.some((other) => subject.followersOf(other).has(step)));
}

function settledPart({ flow, trace }: Evidence): { readonly settled: Evidence; readonly own: readonly Span[] } {
  const open = openFlow(flow);
  const { trace: part, own } = settledRequest(trace, open);
  return { settled: { flow: open, trace: part, observations: [], scope: { steps: {}, values: {} } }, own };
}

function judgeSettled(subject: Subject, own: readonly Span[]): Verdict {
  const { requestId, revision } = subject.trace;
  const isJudged = subject.steps.length > 0 && !subject.order.contradiction;
  const all = isJudged ? VALIDATORS.flatMap((validator) => validator(subject)) : [];
  if (isJudged) all.push(...forbiddenAttribute({ ...subject, index: { ...subject.index, spans: own } }));
  return {
    requestId,
    revision,
    flow: subject.flow.name,
    outcome: all.length > 0 ? 'fail' : 'unknown',
    completedBy: undefined,
    ...explain(all, subject),
    reasons: [],
    strength: NO_STRENGTH,
    notes: [],
  };
}
