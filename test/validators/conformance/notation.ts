import type { ToyRequest } from './random-request.js';

/**
 * A request by what is certain of it, one fact a word, of occurrences named by their step and a number where there are several:
 *
 * ```
 *   a         a happened (so does whatever a fact names)         a?     a happened, but its ancestors may not all be known
 *   a<b       a ended before b started                           a-b    a started before b did
 *   a|b       a and b overlap                                    a>b    a is an ancestor of b
 *   a.        a has not ended
 * ```
 */
export function requestOf(facts: string): ToyRequest & { readonly names: readonly string[] } {
  const words = facts.split(/\s+/).filter((word) => word !== '');
  const names = [...new Set(words.flatMap((word) => word.match(/[a-z]+\d*/g) ?? []))];
  const at = (name: string | undefined): number => names.indexOf(name ?? '');
  const certain: (readonly [number, number])[] = [];
  const causes = names.map(() => new Set<number>());
  for (const word of words) {
    const [left, right] = (word.match(/[a-z]+\d*/g) ?? []).map(at);
    if (left === undefined || right === undefined) continue;
    if (word.includes('<')) certain.push([2 * left + 1, 2 * right]);
    if (word.includes('-')) certain.push([2 * left, 2 * right]);
    if (word.includes('|')) certain.push([2 * left, 2 * right + 1], [2 * right, 2 * left + 1]);
    if (word.includes('>')) {
      certain.push([2 * left, 2 * right]);
      causes[right]?.add(left);
    }
  }
  const happenings = names.map((name, i) => ({
    step: name.replace(/\d+$/, ''),
    tied: !words.includes(`${name}?`),
    ended: !words.includes(`${name}.`),
    causes: causes[i]!,
  }));
  return { happenings, certain, names };
}
