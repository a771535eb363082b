import { type Answer, CERTAIN, OPEN } from './answers.js';
import { both, type Certainty, type Happenings, precedes } from './happenings.js';
import { searchWorlds, type World } from './worlds.js';

/**
 * A rule about neighbours: a pair counts only if nothing of `between` stands between the two.
 *
 * ```
 *   alternate response    a … b, and no other a between
 *   chain response        a … b, and nothing at all between
 * ```
 */
export interface Neighbours {
  readonly asking: readonly number[];
  readonly answering: readonly number[];
  /** True: the answer comes after; false: before (a precedence). */
  readonly after: boolean;
  /** What must not stand between. */
  readonly between: readonly number[];
  /** True: no pair of neighbours may exist; false: each that asks must have one. */
  readonly forbidden: boolean;
  /** Whether two are a pair at all, whatever their order. */
  readonly pairs: (asking: number, answering: number) => Certainty;
}

/**
 * First by what is certain of each pair alone, which settles most; what is left, by the possible orders of the happenings concerned. Where these are too many
 * to try, it stays open.
 */
export function neighboursHold(happenings: Happenings, rule: Neighbours): Answer {
  const sure = byCertainOrder(happenings, rule);
  if (sure) return sure;
  const unsure = rule.asking.some((x) => rule.answering.some((y) => rule.pairs(x, y) === 'open'));
  if (unsure) return OPEN;
  const among = [...new Set([...rule.asking, ...rule.answering, ...rule.between])];
  const { holding, breaking } = searchWorlds(happenings, { among, holds: (world) => holdsIn(world, rule) });
  if (holding === false) return { holds: 'impossible', asking: rule.asking };
  return breaking === false ? CERTAIN : OPEN;
}

/** The definition, in one order. */
function holdsIn(world: World, rule: Neighbours): boolean {
  const areNeighbours = (x: number, y: number): boolean => {
    const [first, second] = rule.after ? [x, y] : [y, x];
    if (rule.pairs(x, y) === 'impossible' || !world.precedes(first, second)) return false;
    return !rule.between.some((z) => isOther(z, x, y) && world.precedes(first, z) && world.precedes(z, second));
  };
  const hasNeighbour = (x: number): boolean => rule.answering.some((y) => x !== y && areNeighbours(x, y));
  return rule.forbidden ? !rule.asking.some(hasNeighbour) : rule.asking.every(hasNeighbour);
}

function isOther(z: number, x: number, y: number): boolean {
  return z !== x && z !== y;
}

function byCertainOrder(happenings: Happenings, rule: Neighbours): Answer | undefined {
  const neighbours = (x: number, y: number): Certainty => areNeighbours(happenings, { rule, x, y });
  const others = (x: number): readonly number[] => rule.answering.filter((y) => y !== x);
  if (rule.forbidden) {
    const broken = rule.asking.filter((x) => others(x).some((y) => neighbours(x, y) === 'certain'));
    if (broken.length > 0) return { holds: 'impossible', asking: broken };
    return rule.asking.every((x) => others(x).every((y) => neighbours(x, y) === 'impossible')) ? CERTAIN : undefined;
  }
  const broken = rule.asking.filter((x) => others(x).every((y) => neighbours(x, y) === 'impossible'));
  if (broken.length > 0) return { holds: 'impossible', asking: broken };
  return rule.asking.every((x) => others(x).some((y) => neighbours(x, y) === 'certain')) ? CERTAIN : undefined;
}

function areNeighbours(
  happenings: Happenings,
  { rule, x, y }: { readonly rule: Neighbours; readonly x: number; readonly y: number },
): Certainty {
  const [first, second] = rule.after ? [x, y] : [y, x];
  const pair = both(rule.pairs(x, y), precedes(happenings, first, second));
  if (pair === 'impossible') return pair;
  let apart: Certainty = 'impossible';
  for (const z of rule.between) {
    if (!isOther(z, x, y)) continue;
    const stands = both(precedes(happenings, first, z), precedes(happenings, z, second));
    if (stands === 'certain') return 'impossible';
    if (stands === 'open') apart = 'open';
  }
  return pair === 'certain' && apart === 'impossible' ? 'certain' : 'open';
}
