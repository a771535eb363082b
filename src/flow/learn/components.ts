import { groupBy } from '../../lib/group-by.js';

/** Groups of names that are tied together, directly or through others. Groups, and names within them, keep the given order. */
export function components(
  names: readonly string[],
  tied: (a: string, b: string) => boolean,
): readonly (readonly string[])[] {
  const groupOf = new Map<string, string>(names.map((name) => [name, name]));
  const find = (name: string): string => {
    const up = groupOf.get(name) ?? name;
    return up === name ? name : find(up);
  };
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) if (tied(a, b)) groupOf.set(find(b), find(a));
  });
  return [...groupBy(names, find).values()];
}
