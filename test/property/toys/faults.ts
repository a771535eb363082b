import type { FindingCode } from '../../../src/model/index.js';
import { type Act, actsBelow, replaceAct, type StepAct, type StepFault } from './acts.js';
import type { Chance } from './perform.js';

/** A fault in the acts, and the one finding that it must come to. */
export interface Planted {
  readonly kind: FaultKind;
  readonly act: Act;
  readonly code: FindingCode;
  /** The finding may be about any of these; undefined: about the request as a whole. */
  readonly steps: readonly string[] | undefined;
}

export const FAULT_KINDS = [
  'dropped',
  'duplicated',
  'not-awaited',
  'inverted',
  'both-branches',
  'over-budget',
  'failed',
  'swallowed',
  'secret',
  'unknown-step',
  'too-many',
  'too-few',
  'too-many-rounds',
  'last-of-many-late',
  'two-of-many-at-once',
  'not-awaited-in-a-round',
  'late-retry',
  'crash',
  'lost-context',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault of this kind somewhere in the acts; undefined where they have no place for it. */
export function plant(root: Act, kind: FaultKind, chance: Chance): Planted | undefined {
  const places = placesOf(root);
  const candidates = FAULTS[kind](places, chance);
  if (candidates.length === 0) return undefined;
  const { target, by, code, steps } = chance.pick(candidates);
  return { kind, code, steps, act: replaceAct(root, target, by) };
}

interface Candidate {
  readonly target: Act;
  readonly by: readonly Act[];
  readonly code: FindingCode;
  readonly steps: readonly string[] | undefined;
}

/** An act that every request performs exactly once. */
interface Places {
  readonly acts: readonly Act[];
  readonly plainSteps: readonly StepAct[];
}

function placesOf(root: Act): Places {
  const always = (act: Act): readonly Act[] => {
    const isAlways = ['step', 'in-turn', 'at-once', 'call', 'send', 'any-order'].includes(act.do);
    return isAlways ? [act, ...actsBelow(act).flatMap(always)] : [act];
  };
  const acts = always(root);
  const plainSteps = acts.filter((act): act is StepAct => act.do === 'step' && isPlain(act));
  return { acts, plainSteps };
}

function isPlain(act: Act): act is StepAct {
  return act.do === 'step' && !act.inside && !act.looksUp && !act.tries;
}

/** Neighbours in a sequence. */
function pairs({ acts }: Places): readonly { readonly target: Extract<Act, { do: 'in-turn' }>; readonly i: number }[] {
  return acts.flatMap((target) => (target.do === 'in-turn' ? target.acts.slice(1).map((_, i) => ({ target, i })) : []));
}

function withPair({ target, i }: ReturnType<typeof pairs>[number], by: readonly Act[]): readonly Act[] {
  return [{ ...target, acts: [...target.acts.slice(0, i), ...by, ...target.acts.slice(i + 2)] }];
}

function onSteps(fault: StepFault, code: FindingCode): (places: Places) => readonly Candidate[] {
  return ({ plainSteps }) =>
    plainSteps.map((target) => ({ target, by: [{ ...target, fault }], code, steps: [target.step] }));
}

type Pair = (first: StepAct, second: StepAct) => readonly Act[] | undefined;

function onPairs(change: Pair): (places: Places) => readonly Candidate[] {
  return (places) =>
    pairs(places).flatMap((pair): readonly Candidate[] => {
      const [first, second] = pair.target.acts.slice(pair.i, pair.i + 2);
      if (first?.do !== 'step' || !second || !isPlain(second)) return [];
      const by = change(first, second);
      return by
        ? [{ target: pair.target, by: withPair(pair, by), code: 'wrong-order', steps: [first.step, second.step] }]
        : [];
    });
}

const FAULTS: Readonly<Record<FaultKind, (places: Places, chance: Chance) => readonly Candidate[]>> = {
  dropped: ({ plainSteps }) =>
    plainSteps.map((target) => ({ target, by: [], code: 'missing-step', steps: [target.step] })),
  duplicated: ({ plainSteps }) =>
    plainSteps.map((target) => ({
      target,
      by: [{ do: 'in-turn', acts: [target, target] }],
      code: 'wrong-count',
      steps: [target.step],
    })),
  'not-awaited': onPairs((first, second) => (isPlain(first) ? [{ do: 'overlapping', first, second }] : undefined)),
  inverted: onPairs((first, second) => (isPlain(first) ? [second, first] : undefined)),
  'last-of-many-late': (places) =>
    pairs(places).flatMap((pair): readonly Candidate[] => {
      const [first, second] = pair.target.acts.slice(pair.i, pair.i + 2);
      if (first?.do !== 'times' || !isPlain(first.step) || !second || !isPlain(second)) return [];
      const late: Act = { do: 'overlapping', first: first.step, second };
      return [first.min, first.max]
        .filter((count) => count > 0)
        .map((count) => ({
          target: pair.target,
          by: withPair(pair, [...(count > 1 ? [many(first, count - 1)] : []), late]),
          code: 'wrong-order',
          steps: [first.step.step, second.step],
        }));
    }),
  'two-of-many-at-once': ({ acts }) =>
    acts.flatMap((target): readonly Candidate[] => {
      if (target.do !== 'times' || target.parallel || !isPlain(target.step)) return [];
      const { step, min, max } = target;
      return [min, max]
        .filter((count) => count > 1)
        .map((count) => {
          const two: Act = { do: 'overlapping', first: step, second: step };
          const all = count > 2 ? [two, many(target, count - 2)] : [two];
          return { target, by: [{ do: 'in-turn', acts: all }], code: 'wrong-order', steps: [step.step] };
        });
    }),
  'not-awaited-in-a-round': ({ acts }, chance) =>
    acts.flatMap((target): readonly Candidate[] => {
      if (target.do !== 'rounds') return [];
      const [first, second, ...rest] = target.acts;
      if (!first || !second) return [];
      const count = Math.max(1, target.min);
      const wrong = chance.below(count);
      const round = (i: number): readonly Act[] =>
        i === wrong ? [{ do: 'overlapping', first, second }, ...rest] : target.acts;
      const all = Array.from({ length: count }, (_, i) => [
        ...(i > 0 && target.between ? [target.between] : []),
        ...round(i),
      ]).flat();
      return [{ target, by: [{ do: 'in-turn', acts: all }], code: 'wrong-order', steps: [first.step, second.step] }];
    }),
  'late-retry': onPairs((first, second) =>
    first.tries === 'retried' ? [{ do: 'retried-late', first, second }] : undefined,
  ),
  'both-branches': ({ acts }) =>
    acts.flatMap((target): readonly Candidate[] => {
      if (target.do !== 'one-of') return [];
      const [taken, other] = target.acts;
      const stray = other?.do === 'in-turn' ? other.acts[0] : undefined;
      if (!taken || stray?.do !== 'step') return [];
      return [{ target, by: [{ do: 'in-turn', acts: [taken, stray] }], code: 'unexpected-step', steps: [stray.step] }];
    }),
  'over-budget': onSteps('slow', 'over-budget'),
  failed: onSteps('fails', 'step-failed'),
  swallowed: (places) => [
    ...onSteps('swallows', 'swallowed-error')(places),
    // Only the try that counts can hide it.
    ...places.acts.flatMap((target): readonly Candidate[] => {
      if (target.do !== 'step' || target.tries !== 'retried') return [];
      return [{ target, by: [{ ...target, fault: 'swallows' }], code: 'swallowed-error', steps: [target.step] }];
    }),
  ],
  secret: (places) =>
    onSteps('tells-a-secret', 'forbidden-attribute')(places).map((each) => ({ ...each, steps: undefined })),
  'unknown-step': ({ plainSteps }) =>
    plainSteps.map((target) => ({
      target,
      by: [{ do: 'in-turn', acts: [target, { do: 'step', step: 'refund' }] }],
      code: 'unexpected-step',
      steps: ['refund'],
    })),
  'too-many': ({ acts }) => timesOf(acts, ({ max }) => max + 1),
  'too-few': ({ acts }) => timesOf(acts, ({ min }) => min - 1),
  'too-many-rounds': ({ acts }) =>
    acts.flatMap((target): readonly Candidate[] => {
      if (target.do !== 'rounds') return [];
      const count = target.max + 1;
      const by: Act = { ...target, min: count, max: count };
      return [{ target, by: [by], code: 'wrong-count', steps: target.acts.map(({ step }) => step) }];
    }),
  crash: ({ acts: [root] }) => {
    if (root?.do !== 'in-turn') return [];
    // Not before something has happened, nor where nothing that must is left.
    return root.acts.slice(1, -1).map((act, i) => ({
      target: root,
      by: [{ ...root, acts: [...root.acts.slice(0, i + 1), { do: 'crash' }] }],
      code: 'missing-step',
      steps: stepsIn([act, ...root.acts.slice(i + 2)]),
    }));
  },
  'lost-context': ({ acts }) =>
    acts.flatMap((target): readonly Candidate[] =>
      target.do === 'send' || target.do === 'call'
        ? [{ target, by: [{ do: 'without-context', act: target }], code: 'context-lost', steps: undefined }]
        : [],
    ),
};

function many(times: Extract<Act, { do: 'times' }>, count: number): Act {
  return { ...times, min: count, max: count };
}

function timesOf(
  acts: readonly Act[],
  countOf: (times: Extract<Act, { do: 'times' }>) => number,
): readonly Candidate[] {
  return acts.flatMap((target): readonly Candidate[] => {
    if (target.do !== 'times') return [];
    const count = countOf(target);
    return [{ target, by: [{ ...target, min: count, max: count }], code: 'wrong-count', steps: [target.step.step] }];
  });
}

function stepsIn(acts: readonly Act[]): readonly string[] {
  return acts.flatMap((act) => [
    ...(act.do === 'step' || act.do === 'send' ? [act.step] : []),
    ...stepsIn([...actsBelow(act)]),
  ]);
}
