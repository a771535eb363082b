import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow, StepMatcher } from '../model/index.js';
import { matchersMeet } from './matchers-meet.js';

/** The matchers of a flow's steps, in the order of declaration. */
export const flowMatchers = oncePer((flow: CompiledFlow): readonly StepMatcher[] =>
  flow.steps.map((step) => step.matcher),
);

/** One sentence for each pair of steps whose matchers one span could fit; empty when no two can meet. */
export function matcherWarnings(flow: CompiledFlow): readonly string[] {
  const matchers = flowMatchers(flow);
  return matchers.flatMap((matcher, index) =>
    matchers
      .slice(index + 1)
      .filter((other) => matchersMeet(matcher, other))
      .map((other) => `one span can be both "${matcher.step}" and "${other.step}": tell their matchers apart`),
  );
}
