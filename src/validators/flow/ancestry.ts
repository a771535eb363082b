import type { SpanIndex } from './span-index.js';

/** What is asked about the causes of occurrences, at any depth. Occurrences go by the places of their spans. */
export interface Ancestry {
  /** True if the first is an ancestor of the second, by parent, link or hand-off. */
  causes(a: number, b: number): boolean;
  /**
   * Pairs of indexes into `members`: the first is an ancestor of the second, and no member stands between them. What follows by transitivity is not
   * listed.
   */
  causesAmong(members: readonly number[]): readonly number[];
}

/** Ancestors are looked up on first asking. `isOccurrence`, by span: whether it is an occurrence. */
export function ancestryOf(index: SpanIndex, isOccurrence: readonly boolean[]): Ancestry {
  const known: (ReadonlySet<number> | undefined)[] = [];
  return {
    causes: (a, b) => {
      const ancestors = known[b] ?? ancestorsOf(b, index);
      known[b] = ancestors;
      return ancestors.has(a);
    },
    causesAmong: (members) => causesAmong(members, { index, isOccurrence }),
  };
}

function ancestorsOf(span: number, index: SpanIndex): ReadonlySet<number> {
  const found = new Set<number>();
  const queue = [span];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const cause of index.causesOf(next)) {
      if (cause === span || found.has(cause)) continue;
      found.add(cause);
      queue.push(cause);
    }
  }
  return found;
}

interface Among {
  readonly index: SpanIndex;
  readonly isOccurrence: readonly boolean[];
}

function causesAmong(members: readonly number[], { index, isOccurrence }: Among): readonly number[] {
  const memberAt: number[] = index.parents.map(() => -1);
  members.forEach((span, i) => {
    memberAt[span] = i;
  });
  const pairs: number[] = [];
  members.forEach((span, i) => {
    const line = upTheLine(span, { index, memberAt });
    if (line === 'branches')
      pairs.push(...upEveryLine(span, { index, isOccurrence, memberAt }).flatMap((at) => [at, i]));
    else if (line >= 0) pairs.push(line, i);
  });
  return pairs;
}

/** The nearest member above a span that has one cause at a time, or -1; `branches` if some span on the way has several. */
function upTheLine(
  span: number,
  { index, memberAt }: { readonly index: SpanIndex; readonly memberAt: readonly number[] },
): number | 'branches' {
  let at = span;
  for (let left = index.parents.length; left > 0; left--) {
    if ((index.spans[at]?.links.length ?? 0) > 0) return 'branches';
    at = index.parents[at] as number;
    if (at < 0) return -1;
    const member = memberAt[at] as number;
    if (member >= 0) return member;
  }
  return -1;
}

/** The nearest members above a span, by every cause. Occurrences that are no members are passed through. */
function upEveryLine(
  span: number,
  { index, isOccurrence, memberAt }: Among & { readonly memberAt: readonly number[] },
): readonly number[] {
  const found: number[] = [];
  const visited = new Set<number>();
  const queue = [...nearestOccurrences(span, { index, isOccurrence })];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (visited.has(next)) continue;
    visited.add(next);
    const member = memberAt[next] as number;
    if (member >= 0) found.push(member);
    else queue.push(...nearestOccurrences(next, { index, isOccurrence }));
  }
  return found;
}

/** Goes up from a span by every cause, and no further than the next occurrence. */
function nearestOccurrences(span: number, { index, isOccurrence }: Among): ReadonlySet<number> {
  const found = new Set<number>();
  const visited = new Set([span]);
  const queue = [span];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const cause of index.causesOf(next)) {
      if (visited.has(cause)) continue;
      visited.add(cause);
      if (isOccurrence[cause]) found.add(cause);
      else queue.push(cause);
    }
  }
  return found;
}
