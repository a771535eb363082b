import type { Rule } from './flow.js';

/** The rule as a flow file spells it, without its conditions. */
export function ruleText({ kind, steps, count }: Rule): string {
  const [only = ''] = steps;
  if (count !== undefined) return `${kind}: [${only}, ${count}]`;
  return steps.length === 1 ? `${kind}: ${only}` : `${kind}: [${steps.join(', ')}]`;
}
