import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow, StepMatcher } from '../model/index.js';
import { matchersMeet } from './matchers-meet.js';

/** The matchers of a flow's steps, in the order of declaration. */
export const flowMatchers = oncePer((flow: CompiledFlow): readonly StepMatcher[] =>
  flow.steps.map((step) => step.matcher),
);

/** A sentence for each step whose spans could fit others too, of which each pair is told once; empty when no two can meet. */
export function matcherWarnings(flow: CompiledFlow): readonly string[] {
  const matchers = flowMatchers(flow);
  return matchers.flatMap((matcher, index) => {
    const others = matchers.slice(index + 1).filter((other) => matchersMeet(matcher, other));
    return others.length === 0 ? [] : [warningOf(matcher.step, others)];
  });
}

/** More names than this are counted. */
const NAMED = 4;

function warningOf(step: string, others: readonly StepMatcher[]): string {
  const named = others.slice(0, NAMED).map((other) => `"${other.step}"`);
  const more = others.length - named.length;
  const [only] = named;
  const which =
    others.length === 1
      ? `both "${step}" and ${only}`
      : `"${step}" and also ${named.join(', ')}${more > 0 ? ` or ${more} more` : ''}`;
  return `one span can be ${which}: tell their matchers apart`;
}
