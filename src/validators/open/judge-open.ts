import type { Evidence, Finding, TraceStep, Verdict } from '../../model/index.js';
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
import { openFlow } from './open-flow.js';
import { settledRequest } from './settled-request.js';

/** Each finds only what stays true, if it is given what stays true. */
const VALIDATORS: readonly ((subject: Subject) => readonly Finding[])[] = [
  missingStep,
  unexpectedStep,
  wrongOrder,
  wrongCount,
  stepFailed,
  forbiddenAttribute,
  (subject) => overBudget(subject).findings,
  (subject) => ruleBroken(subject, NOTHING_IS_KNOWN).findings,
];

const NOTHING_IS_KNOWN = () => ({ error: 'the request is open' });

/**
 * The verdict on a request while it is open: `fail` if no further span can repair it, else `unknown`, with the steps that are awaited next.
 *
 * It is the very check that closes a request, of the part that stays as it is, with every step still to come. Facts are only added from here on, so what fails now fails then,
 * with three exceptions that can make the last word `unknown`, and never a pass on the same facts: spans that contradict each other, more ways to read the request than are tried, and limits
 * that drop what spans say.
 */
export function judgeOpen(evidence: Evidence): Verdict {
  const { trace } = evidence;
  const flow = openFlow(evidence.flow);
  const settled: Evidence = {
    flow,
    trace: settledRequest(trace, flow),
    observations: [],
    scope: { steps: {}, values: {} },
  };
  const seen = new Set(trace.steps.flatMap(({ stepName, alsoFits }: TraceStep) => [stepName, ...alsoFits]));
  return judgeAssignments(settled, (assigned) => {
    const subject = prepare(assigned, NOTHING_IS_KNOWN);
    const verdict = judgeSettled(subject, seen);
    return { verdict, fits: true };
  });
}

function judgeSettled(subject: Subject, seen: ReadonlySet<string>): Verdict {
  const { requestId, revision } = subject.trace;
  const isJudged = subject.steps.length > 0 && !subject.order.contradiction;
  const all = isJudged ? VALIDATORS.flatMap((validator) => validator(subject)) : [];
  const awaited = awaitedNext(subject, seen);
  return {
    requestId,
    revision,
    flow: subject.flow.name,
    outcome: all.length > 0 ? 'fail' : 'unknown',
    completedBy: undefined,
    ...explain(all, subject),
    reasons: [{ code: 'incomplete', completedBy: undefined, awaited }],
    strength: NO_STRENGTH,
    notes: [],
  };
}

/** Of the steps without which the request would not conform, those that the flow puts behind no other of them. */
function awaitedNext(subject: Subject, seen: ReadonlySet<string>): readonly string[] {
  const awaited = [...new Set(subject.counts.awaited)].filter((step) => !seen.has(step));
  return awaited.filter((step) => !awaited.some((other) => subject.followersOf(other).has(step)));
}
