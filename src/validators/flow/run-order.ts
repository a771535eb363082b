import type { Run } from '../conformance/index.js';
import type { Occurrence } from './facts.js';
import type { OrderScope } from './order-scopes.js';

/** The occurrences under each part of a sequence. */
export interface OrderedGroup {
  readonly parts: readonly (readonly Occurrence[])[];
  readonly by: 'start' | 'end';
}

/** The order that one run requires, in occurrences; those that it only adds are left out. */
export function requiredBy(run: Run, { occurrences }: OrderScope): readonly OrderedGroup[] {
  return run.required.map(({ by, parts }) => ({
    by,
    parts: parts.map((part) => part.flatMap((i) => occurrences[i] ?? [])),
  }));
}
