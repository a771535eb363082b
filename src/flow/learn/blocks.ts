import { type Log, restrict } from './seen-request.js';

type Group = readonly string[];

/**
 * Neighbours in a sequence that come and go together are one block, with whatever stands between them only when they do: one choice to
 * leave them out, not one each.
 */
export function inBlocks(groups: readonly Group[], log: Log): readonly Group[] {
  const presences = groups.map((group) => presenceOf(group, log));
  const blocks: Group[] = [];
  for (let i = 0; i < groups.length; ) {
    const end = blockEnd(presences, i);
    blocks.push(groups.slice(i, end).flat());
    i = end;
  }
  return blocks.length === 1 ? groups : blocks;
}

/** Groups that come and go together, wherever they stand, are one. */
export function togetherOnly(groups: readonly Group[], log: Log): readonly Group[] {
  const byPresence = new Map<string, string[]>();
  for (const group of groups) {
    const presence = presenceOf(group, log);
    const key = isWhole(presence) ? group.join(' ') : presence.map(Number).join('');
    byPresence.set(key, [...(byPresence.get(key) ?? []), ...group]);
  }
  return byPresence.size === 1 ? groups : [...byPresence.values()];
}

/** By part: whether any step of the group is in it. */
export function presenceOf(group: Group, log: Log): readonly boolean[] {
  return restrict(log, new Set(group)).map(({ members }) => members.length > 0);
}

export function isWhole(presence: readonly boolean[]): boolean {
  return presence.every(Boolean);
}

function blockEnd(presences: readonly (readonly boolean[])[], start: number): number {
  const own = presences[start] ?? [];
  if (isWhole(own)) return start + 1;
  for (let last = presences.length - 1; last > start; last--) {
    const inner = presences.slice(start + 1, last);
    const same = (presences[last] ?? []).every((there, part) => there === own[part]);
    if (same && inner.every((presence) => presence.every((there, part) => !there || own[part]))) return last + 1;
  }
  return start + 1;
}
