import type { Strength } from '../../model/index.js';
import { NO_STRENGTH } from '../flow/strength.js';
import type { Happenings } from '../rules/happenings.js';
import { type RuleCase, ruleHolds } from '../rules/rule-holds.js';
import type { SweepPlan } from './plan.js';
import type { Gathered, Walk } from './walk.js';

/** How firmly the rules of a flow hold after a walk; undefined if one of them is broken, or it needs more than the walk to tell. */
export function provenRules(
  { rules, flow }: SweepPlan,
  { gathered, walk }: { readonly gathered: Gathered; readonly walk: Walk },
): Strength | undefined {
  if (rules.length === 0) return NO_STRENGTH;
  const held = unconditional(
    happeningsAfter(
      walk,
      gathered,
      flow.steps.map(({ name }) => name),
    ),
  );
  let proven = 0;
  for (const rule of rules) {
    const { holds } = ruleHolds(rule, held);
    if (holds === 'impossible' || (holds === 'open' && flow.prove)) return undefined;
    if (holds === 'certain') proven++;
  }
  return { required: rules.length, proven, undecided: rules.length - proven };
}

function unconditional(happenings: Happenings): RuleCase {
  return { happenings, leftOut: () => false, pairs: () => 'certain', selective: false };
}

function happeningsAfter(walk: Walk, { occurrences, columns }: Gathered, names: readonly string[]): Happenings {
  const steps: string[] = [];
  for (let i = 0; i < occurrences.count; i++) {
    steps.push(names[columns.step[occurrences.span[i] as number] as number] as string);
  }
  const pointOf = (point: number): number => 2 * (occurrences.span[point >> 1] as number) + (point & 1);
  return {
    steps,
    before: (p, q) => walk.isBefore(pointOf(p), pointOf(q)),
    causes: (i, j) => walk.isAbove(i, j),
    isTied: () => true,
  };
}
