import type { BINARY_RULES, Rule } from '../../model/index.js';
import { type Answer, bothHold, CERTAIN, everyAnswered, noneAnswered, OPEN } from './answers.js';
import { both, type Certainty, type Happenings, precedes } from './happenings.js';
import { neighboursHold } from './neighbours.js';
import { searchWorlds } from './worlds.js';

/** What a rule is held against. */
export interface RuleCase {
  readonly happenings: Happenings;
  /** Happenings that the rule's `when` leaves out. */
  readonly leftOut: (happening: number) => boolean;
  /** Whether an `a` and a `b` can be a pair: `where`, and the time between them. */
  readonly pairs: (a: number, b: number) => Certainty;
  /** True if the rule restricts pairs. */
  readonly selective: boolean;
}

/**
 * Whether a rule holds: broken (`impossible`) iff it is false in every order that is possible, `certain` iff it is true in every one.
 *
 * The definition of each rule is its DECLARE template's, over happenings instead of letters: "a before b" is "a is a cause of b, or ends before b
 * starts". Rules are judged one by one: two that cannot hold together may each be possible.
 */
export function ruleHolds(rule: Rule, held: RuleCase): Answer {
  const { happenings, leftOut } = held;
  const named = (step: string | undefined): readonly number[] => {
    const found: number[] = [];
    for (let i = 0; i < happenings.steps.length; i++) if (happenings.steps[i] === step && !leftOut(i)) found.push(i);
    return found;
  };
  const [as, bs] = [named(rule.steps[0]), named(rule.steps[1])];
  const { kind } = rule;
  switch (kind) {
    case 'existence':
      return yes(as.length > 0);
    case 'absence':
      return yes(as.length === 0, as);
    case 'exactly':
      return yes(as.length === rule.count, as);
    case 'at-least':
      return yes(as.length >= (rule.count ?? 0), as);
    case 'at-most':
      return yes(as.length <= (rule.count ?? 0), as);
    case 'choice':
      return yes(rule.steps.some((step) => named(step).length > 0));
    case 'exclusive-choice': {
      const used = rule.steps.filter((step) => named(step).length > 0);
      return yes(used.length === 1, used.flatMap(named));
    }
    case 'init':
      return isOutermost(happenings, as, (x, a) => [x, a]);
    case 'end':
      return isOutermost(happenings, as, (x, a) => [a, x]);
    default:
      return binaryHolds(kind, { as, bs, held });
  }
}

function yes(holds: boolean, asking: readonly number[] = []): Answer {
  return holds ? CERTAIN : { holds: 'impossible', asking };
}

/** One of `as` is first, or last: nothing precedes it, or nothing follows it. */
function isOutermost(
  happenings: Happenings,
  as: readonly number[],
  direction: (x: number, a: number) => readonly [number, number],
): Answer {
  const all = happenings.steps.map((_, i) => i);
  const outside = (a: number, x: number): Certainty => precedes(happenings, ...direction(x, a));
  const possible = as.some((a) => all.every((x) => x === a || outside(a, x) !== 'certain'));
  if (!possible) return { holds: 'impossible', asking: as };
  if (as.some((a) => all.every((x) => x === a || outside(a, x) === 'impossible'))) return CERTAIN;
  const { breaking } = searchWorlds(happenings, {
    among: all,
    holds: (world) => as.some((a) => all.every((x) => x === a || !world.precedes(...direction(x, a)))),
  });
  return breaking === false ? CERTAIN : OPEN;
}

interface Sides {
  readonly as: readonly number[];
  readonly bs: readonly number[];
  readonly held: RuleCase;
}

function binaryHolds(kind: (typeof BINARY_RULES)[number], { as, bs, held }: Sides): Answer {
  const { happenings, pairs, selective } = held;
  const order = (a: number, b: number): Certainty => both(pairs(a, b), precedes(happenings, a, b));
  const uniform = !selective;
  const causes = (a: number, b: number): boolean => happenings.causes(a, b);
  const response = () => everyAnswered({ asking: as, answering: bs, answers: order, byCause: causes, uniform });
  const precedence = () =>
    everyAnswered({
      asking: bs,
      answering: as,
      answers: (b, a) => order(a, b),
      byCause: (b, a) => causes(a, b),
      uniform,
    });
  const everyone = (): readonly number[] => happenings.steps.map((_, i) => i);
  const after = { asking: as, answering: bs, after: true, forbidden: false, pairs };
  const before = {
    asking: bs,
    answering: as,
    after: false,
    forbidden: false,
    pairs: (b: number, a: number) => pairs(a, b),
  };
  const neighbours = (side: typeof after, between: readonly number[]) =>
    neighboursHold(happenings, { ...side, between });
  switch (kind) {
    case 'responded-existence':
      return everyAnswered({ asking: as, answering: bs, answers: pairs, byCause: () => false, uniform: false });
    case 'co-existence':
      return bothHold(yes(as.length === 0 || bs.length > 0, as), yes(bs.length === 0 || as.length > 0, bs));
    case 'response':
      return response();
    case 'precedence':
      return precedence();
    case 'succession':
      return bothHold(response(), precedence());
    case 'alternate-response':
      return neighbours(after, as);
    case 'alternate-precedence':
      return neighbours(before, bs);
    case 'alternate-succession':
      return bothHold(neighbours(after, as), neighbours(before, bs));
    case 'chain-response':
      return neighbours(after, everyone());
    case 'chain-precedence':
      return neighbours(before, everyone());
    case 'chain-succession':
      return bothHold(neighbours(after, everyone()), neighbours(before, everyone()));
    case 'not-responded-existence':
    case 'not-co-existence':
      return noneAnswered({ asking: as, answering: bs, answers: pairs });
    case 'not-response':
    case 'not-precedence':
    case 'not-succession':
      return noneAnswered({ asking: as, answering: bs, answers: order });
    case 'not-chain-response':
    case 'not-chain-precedence':
    case 'not-chain-succession':
      return neighbours({ ...after, forbidden: true }, everyone());
    default:
      return kind satisfies never;
  }
}
