import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow, StepMatcher } from '../model/index.js';

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
      .filter((other) => canOverlap(matcher, other))
      .map((other) => `one span can be both "${matcher.step}" and "${other.step}": tell their matchers apart`),
  );
}

const EXACT = ['service', 'kind', 'client', 'topic'] as const;
const GLOBS = ['span', 'key'] as const;

function canOverlap(a: StepMatcher, b: StepMatcher): boolean {
  if (isDefault(a) && isDefault(b)) return false;
  if (EXACT.some((part) => differ(a[part], b[part]))) return false;
  if (differ(a.operation?.toLowerCase(), b.operation?.toLowerCase())) return false;
  if (GLOBS.some((part) => a[part] !== undefined && b[part] !== undefined && !globsMeet(a[part], b[part])))
    return false;
  return !Object.entries(a.attributes ?? {}).some(([key, value]) => differ(value, b.attributes?.[key]));
}

/** Such a matcher asks for the step attribute, which names one step only. */
function isDefault(matcher: StepMatcher): boolean {
  return Object.keys(matcher).every((key) => key === 'step' || key === 'service' || key === 'nested');
}

function differ(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

const LONG_GLOB = 500;

/** True when some text fits both globs; for very long ones also when it cannot be told. */
export function globsMeet(a: string, b: string): boolean {
  if (a.length + b.length > LONG_GLOB) return true;
  const known = new Map<number, boolean>();
  const meet = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = step(i, j);
    known.set(key, result);
    return result;
  };
  const step = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) return true;
    if (a[i] === '*' && (meet(i + 1, j) || (j < b.length && meet(i, j + 1)))) return true;
    if (b[j] === '*' && (meet(i, j + 1) || (i < a.length && meet(i + 1, j)))) return true;
    if (i === a.length || j === b.length || a[i] === '*' || b[j] === '*') return false;
    return (a[i] === b[j] || a[i] === '?' || b[j] === '?') && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}
