import { components } from './components.js';
import type { Relations } from './relations.js';

/**
 * Groups of steps, one certainly before the next; undefined if there is one group only.
 *
 * Steps that no order ties, not even by way of others, stand in one group, and so do steps that come before each other.
 */
export function sequenceCut(
  labels: readonly string[],
  relation: Relations,
): readonly (readonly string[])[] | undefined {
  const reaches = closure(labels, (a, b) => relation(a, b) === 'before' || relation(a, b) === 'beside');
  let groups = components(labels, (a, b) => reaches(a, b) === reaches(b, a));
  for (;;) {
    const leads = (a: string, b: string): boolean => groupReaches(groups, { a, b, reaches });
    const merged = components(labels, (a, b) => leads(a, b) && leads(b, a));
    if (merged.length === groups.length) break;
    groups = merged;
  }
  if (groups.length < 2) return undefined;
  const first = (group: readonly string[]): string => group[0] ?? '';
  return [...groups].sort((a, b) => (reaches(first(a), first(b)) ? -1 : 1));
}

function groupReaches(
  groups: readonly (readonly string[])[],
  { a, b, reaches }: { readonly a: string; readonly b: string; readonly reaches: (a: string, b: string) => boolean },
): boolean {
  const from = groups.find((group) => group.includes(a)) ?? [];
  const to = groups.find((group) => group.includes(b)) ?? [];
  return from === to || from.some((one) => to.some((other) => reaches(one, other)));
}

function closure(
  labels: readonly string[],
  leads: (a: string, b: string) => boolean,
): (a: string, b: string) => boolean {
  const after = new Map(labels.map((a) => [a, new Set(labels.filter((b) => a !== b && leads(a, b)))]));
  for (const via of labels) {
    for (const a of labels) {
      if (after.get(a)?.has(via)) for (const b of after.get(via) ?? []) after.get(a)?.add(b);
    }
  }
  return (a, b) => after.get(a)?.has(b) === true;
}
