import type { CompiledFlow, Rule } from '../model/index.js';
import { labelOf, type RequestOrder } from './conformance/index.js';
import { boundSteps } from './flow/order-scopes.js';
import { checkerOf } from './flow/request-order.js';
import { inSeenRounds } from './flow/seen-rounds.js';
import type { Happenings } from './rules/happenings.js';
import { ruleHolds } from './rules/rule-holds.js';
import { wordProblems } from './word-problems.js';

/** What happened, as a word says it. */
export interface WordSteps {
  readonly steps: readonly string[];
  /** Pairs of indexes: the first ended before the second began. */
  readonly before: readonly (readonly [number, number])[];
  /** Pairs of indexes: the first began before the second ended. */
  readonly overlaps?: readonly (readonly [number, number])[];
}

export interface WordCheck {
  /** Undefined: too ambiguous to say. */
  readonly conforms: boolean | undefined;
  /** The fewest occurrences to take out and to add; 0 for a word that conforms to the order. */
  readonly cost: number;
  /** What keeps it from conforming, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Whether a word conforms to a flow: to its order, and to those of its rules that ask for nothing but steps and their order.
 *
 * Conditions of the order stay a choice, since a word has no values; orders inside steps are not looked at, since it has no insides.
 */
export function checkWord(flow: Pick<CompiledFlow, 'order' | 'rules'>, word: WordSteps): WordCheck {
  const checker = checkerOf(flow.order);
  const request = requestOf(word, flow.order);
  const { kind } = checker.check(request);
  const broken = flow.rules.filter((rule) => isPlain(rule) && isBroken(rule, word)).map(ruleProblem);
  if (kind === 'tooAmbiguous')
    return { conforms: undefined, cost: 0, problems: ['too ambiguous to decide', ...broken] };
  if (kind === 'conforms') return { conforms: broken.length === 0, cost: 0, problems: broken };
  const least = { order: flow.order, checker, edits: checker.leastEdits(request) };
  const edited = inSeenRounds(least, request);
  return { conforms: false, cost: edited.edits.cost, problems: [...wordProblems(edited, word.steps), ...broken] };
}

function requestOf({ steps, before, overlaps = [] }: WordSteps, order: CompiledFlow['order']): RequestOrder {
  const bound = boundSteps(order);
  const occurrences = steps.map((step, i) => ({
    labels: [
      step,
      ...(bound.get(step) ?? []).filter((anchor) => steps.includes(anchor)).map((anchor) => labelOf(step, anchor)),
    ],
    start: 2 * i,
    end: 2 * i + 1,
    tied: true,
  }));
  return {
    occurrences,
    nodes: 2 * steps.length,
    certain: [
      ...before.flatMap(([first, second]) => [2 * first + 1, 2 * second]),
      ...overlaps.flatMap(([first, second]) => [2 * first, 2 * second + 1]),
    ],
    causes: [],
  };
}

function isPlain({ when, where, window }: Rule): boolean {
  return when === undefined && where === undefined && window === undefined;
}

function isBroken(rule: Rule, { steps, before, overlaps = [] }: WordSteps): boolean {
  const later = steps.map(() => new Set<number>());
  for (const [first, second] of before) later[first]?.add(second);
  const beginsBeforeEnd = steps.map(() => new Set<number>());
  for (const [first, second] of overlaps) beginsBeforeEnd[first]?.add(second);
  const happenings: Happenings = {
    steps,
    before: (p, q) => {
      const [i, j] = [p >> 1, q >> 1];
      if (i === j) return p < q;
      return later[i]?.has(j) === true || (p % 2 === 0 && q % 2 === 1 && beginsBeforeEnd[i]?.has(j) === true);
    },
    causes: () => false,
    isTied: () => true,
  };
  const answer = ruleHolds(rule, { happenings, leftOut: () => false, pairs: () => 'certain', selective: false });
  return answer.holds === 'impossible';
}

function ruleProblem({ kind, steps, count }: Rule): string {
  return `the rule ${kind}: [${[...steps, ...(count === undefined ? [] : [count])].join(', ')}] is broken`;
}

/** What a flow's order may be too ambiguous about, a sentence each. */
export function ambiguityWarnings({ order }: Pick<CompiledFlow, 'order'>): readonly string[] {
  return checkerOf(order).order.treeClass.warnings.map(
    ({ step, places }) =>
      `\`${step}\` in ${places === null ? 'any number of' : places} parallel places: bind it with "under" or "inside"`,
  );
}
