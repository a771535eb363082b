import { oncePer, oncePerText } from '../../lib/once-per.js';
import type { FlowNode, FlowStep, Strength } from '../../model/index.js';
import type { RequestOrder } from '../conformance/index.js';
import { checkerOf } from '../flow/request-order.js';
import { addStrength, NO_STRENGTH } from '../flow/strength.js';
import type { SweepPlan } from './plan.js';
import type { Gathered, Walk } from './walk.js';

/** Holds what happened inside of steps against the orders that these have there, by the check that the full judge asks. After a walk to the end. */
export class Insides {
  /** After `prove`: what happened inside of each step that has an order there; undefined where it was more than one thing after the other. */
  words: string | undefined;
  readonly #gathered: Gathered;
  readonly #walk: Walk;

  constructor(gathered: Gathered, walk: Walk) {
    this.#gathered = gathered;
    this.#walk = walk;
  }

  /** How firmly these orders hold; undefined if one does not, or cannot be told to. */
  prove({ insides, flow }: SweepPlan): Strength | undefined {
    const { columns, occurrences } = this.#gathered;
    let strength = NO_STRENGTH;
    this.words = '';
    for (let i = 0; i < occurrences.count; i++) {
      const span = occurrences.span[i] as number;
      const order = insides[columns.step[span] as number];
      if (!order) continue;
      const own = this.#proveOne(span, order, flow.steps);
      if (!own) return undefined;
      strength = addStrength(strength, own);
    }
    return strength;
  }

  #proveOne(owner: number, order: FlowNode, steps: readonly FlowStep[]): Strength | undefined {
    const { step } = this.#gathered.columns;
    const members = this.#membersOf(owner);
    const names = members.map((i) => steps[step[this.#spanOf(i)] as number]?.name ?? '');
    if (this.#areInLine(members, 1)) {
      if (this.words !== undefined) this.words += `${step[owner]} ${names.join(' ')}\n`;
      return wordsIn(order)(names);
    }
    this.words = undefined;
    // Where it is not certain which starts first, more than one run may fit.
    return this.#areInLine(members, 0) ? strengthIn(order, this.#asked(members, names)) : undefined;
  }

  #spanOf(occurrence: number): number {
    return this.#gathered.occurrences.span[occurrence] as number;
  }

  /** The occurrences inside of a span, by their starts as far as these are certain. */
  #membersOf(owner: number): readonly number[] {
    const { count, owner: owners } = this.#gathered.occurrences;
    const members: number[] = [];
    for (let i = 0; i < count; i++) if (owners[i] === owner) members.push(i);
    return members.sort((i, j) => (this.#isBefore([i, 0], [j, 0]) ? -1 : 1));
  }

  /** True if each certainly starts after the start (0), or the end (1), of the one before it. */
  #areInLine(members: readonly number[], point: 0 | 1): boolean {
    return members.every((each, at) => at === 0 || this.#isBefore([members[at - 1] as number, point], [each, 0]));
  }

  #isBefore([i, p]: readonly [number, number], [j, q]: readonly [number, number]): boolean {
    return this.#walk.isBefore(2 * this.#spanOf(i) + p, 2 * this.#spanOf(j) + q);
  }

  #asked(members: readonly number[], names: readonly string[]): RequestOrder {
    const points = members.flatMap((i) => [[i, 0] as const, [i, 1] as const]);
    const pairsOf = <T>(all: readonly T[], areOne: (a: T, b: T) => boolean): readonly number[] =>
      all.flatMap((a, i) => all.flatMap((b, j) => (areOne(a, b) ? [i, j] : [])));
    return {
      occurrences: inLine(names).occurrences,
      nodes: points.length,
      certain: pairsOf(points, (p, q) => this.#isBefore(p, q)),
      causes: pairsOf(members, (i, j) => this.#walk.isAbove(i, j)),
    };
  }
}

/** Occurrences of these steps, each of which ends before the next one starts. */
function inLine(names: readonly string[]): RequestOrder {
  const occurrences = names.map((name, i) => ({ labels: [name], start: 2 * i, end: 2 * i + 1, tied: true }));
  return {
    occurrences,
    nodes: 2 * names.length,
    certain: occurrences.flatMap(({ end }) => [end, end + 1]).slice(0, -2),
    causes: [],
  };
}

/** By order: how firmly it holds of steps one after the other. Most requests say one of a few words. */
const wordsIn = oncePer((order: FlowNode) =>
  oncePerText((names: readonly string[]) => strengthIn(order, inLine(names)), {
    most: 1_000,
    textOf: (names) => names.join('\n'),
  }),
);

function strengthIn(order: FlowNode, asked: RequestOrder): Strength | undefined {
  const outcome = checkerOf(order).check(asked);
  if (outcome.kind !== 'conforms') return undefined;
  const { required, proven } = outcome.strength;
  return { required, proven, undecided: required - proven };
}
