import { endOf, type Happenings, startOf } from './happenings.js';

/** One possible order of all points, as far as a rule can see it. */
export interface World {
  /** i is a cause of j, or ends before j starts. */
  precedes(i: number, j: number): boolean;
}

export interface WorldsFound {
  /** Whether there is an order in which it holds, and one in which it does not; undefined where the search gave up first. */
  readonly holding: boolean | undefined;
  readonly breaking: boolean | undefined;
}

/** Points placed before the search gives up. */
const MAX_PLACED = 20_000;

/**
 * Tries the orders that are possible for some happenings, until one is found in which `holds` is true and one in which it is false, or there are
 * no more.
 */
export function searchWorlds(
  happenings: Happenings,
  { among, holds }: { readonly among: readonly number[]; readonly holds: (world: World) => boolean },
): WorldsFound {
  const points = among.flatMap((i) => [startOf(i), endOf(i)]);
  const position = new Map<number, number>();
  const world: World = {
    precedes: (i, j) => happenings.causes(i, j) || (position.get(endOf(i)) ?? 0) < (position.get(startOf(j)) ?? 0),
  };
  const found = { holding: false, breaking: false };
  let left = MAX_PLACED;
  const mayComeNext = (point: number): boolean =>
    !position.has(point) &&
    points.every((other) => position.has(other) || other === point || !happenings.before(other, point));
  const extend = (): void => {
    if (position.size === points.length) {
      found[holds(world) ? 'holding' : 'breaking'] = true;
      return;
    }
    for (const point of points) {
      if (left <= 0 || (found.holding && found.breaking)) return;
      if (!mayComeNext(point)) continue;
      left--;
      position.set(point, position.size);
      extend();
      position.delete(point);
    }
  };
  extend();
  const unsure = left <= 0;
  return {
    holding: found.holding || (unsure ? undefined : false),
    breaking: found.breaking || (unsure ? undefined : false),
  };
}
