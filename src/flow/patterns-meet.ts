import { compilePattern, expressionOf, isPlainPattern } from '../lib/text-pattern.js';

/** True when some text fits both patterns; also where it cannot be told, as of most regular expressions. */
export function patternsMeet(a: string, b: string): boolean {
  if (isPlainPattern(a)) return compilePattern(b)(a);
  if (isPlainPattern(b)) return compilePattern(a)(b);
  return globsMeet(atLeast(a), atLeast(b));
}

/** A glob that fits all that the pattern does: of a regular expression, what it certainly begins with. */
function atLeast(pattern: string): string {
  const expression = expressionOf(pattern);
  if (expression === undefined) return pattern;
  if (expression.includes('|')) return '*';
  const [, begins = ''] = /^\^([\w :-]*)/.exec(expression) ?? [];
  const isOptional = /^[*?{]/.test(expression.slice(1 + begins.length));
  return `${isOptional ? begins.slice(0, -1) : begins}*`;
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
