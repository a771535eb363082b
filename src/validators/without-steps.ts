import type { CompiledFlow, Rule } from '../model/index.js';
import type { Subject } from './subject.js';

/** True of a request of which no step may still come: its spans are accounted for, or the flow trusts the guess that they are all there. */
export function isWhole({ trace, flow, absence }: Subject): boolean {
  if (trace.completionStatus === 'open' || trace.spans.length === 0) return false;
  if (trace.completedBy === 'accounted') return true;
  return flow.trust === 'quiet' && flow.steps.length > 0 && !flow.steps.some(({ name }) => absence.mayStillCome(name));
}

/**
 * True of a flow that forbids something which a request can do, and does not, without any step of the flow in it: an attribute, a step by a rule of absence or of an upper count, or what an
 * invariant says of all spans, of the stores or of the request. An order that is content with nothing is none of these: a matcher that fits nothing would pass it for ever.
 */
export function forbidsWithoutSteps({ forbidden, rules, invariants }: CompiledFlow): boolean {
  return (
    forbidden.length > 0 ||
    rules.some(isUpperBound) ||
    invariants.some(({ expression }) => speaksBeyondSteps(expression))
  );
}

/** True of an expression about all spans, the stores or the request: it can be looked at where no step happened. */
export function speaksBeyondSteps(expression: string): boolean {
  return BEYOND_STEPS.test(expression);
}

const BEYOND_STEPS = /\b(?:spans|request|stores)\b/;

function isUpperBound({ kind, count }: Rule): boolean {
  return kind === 'absence' || kind === 'at-most' || (kind === 'exactly' && count === 0);
}
