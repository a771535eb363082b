import type { CountRange, FlowDifference, FlowNode, OrderRelation, Presence, Side } from '../../model/index.js';
import { canonical, isSame } from './canonical.js';
import { countsIn } from './counts.js';
import { type PlayedRun, playings, wordOf } from './play-run.js';
import { canBeTogether, holdsPresence, presenceOf } from './presence.js';
import { pairKey, relationsIn } from './relations.js';
import { sampleRuns } from './sample-runs.js';

/** True if an order accepts a run: what an order means is the check's to say. */
export type Accepts = (order: FlowNode, run: PlayedRun) => boolean;

export interface OrderComparison {
  readonly differences: readonly FlowDifference[];
  /** What was tried where the spelling differs and nothing else was found to; undefined otherwise. */
  readonly respelt: { readonly runs: number; readonly longest: number } | undefined;
}

const SAME: OrderComparison = { differences: [], respelt: undefined };
/** Runs of either order that are tried on the other. */
const MOST_RUNS = 1_500;

/**
 * What two orders require differently: how often steps happen, which of them together, and how they stand to each other in time. Where none of it differs, or only
 * how places stand to each other, runs of either are tried on the other.
 */
export function diffOrders(left: FlowNode, right: FlowNode, accepts: Accepts): OrderComparison {
  const [a, b] = [canonical(left), canonical(right)];
  if (isSame(a, b)) return SAME;
  const counts = diffCounts(a, b);
  const shared = [...counts.shared].sort();
  const facts = [...counts.differences, ...diffPresence(a, b, shared), ...diffRelations(a, b, shared)];
  const onlyLeft = firstRejected(a, { by: b, accepts });
  const onlyRight = firstRejected(b, { by: a, accepts });
  const runs = [...runOnly(onlyLeft.rejected, 'left'), ...runOnly(onlyRight.rejected, 'right')];
  const conditions = conditionsOf(a).join('\n') !== conditionsOf(b).join('\n');
  const sure = facts.filter(({ kind }) => kind !== 'order');
  if (sure.length > 0 || runs.length > 0) return { ...SAME, differences: [...facts, ...runs] };
  if (conditions || conditionsOf(a).length > 0) return { ...SAME, differences: [{ kind: 'conditions' }] };
  const longest = Math.max(onlyLeft.longest, onlyRight.longest);
  return { differences: [], respelt: { runs: onlyLeft.runs + onlyRight.runs, longest } };
}

function diffCounts(
  a: FlowNode,
  b: FlowNode,
): { readonly differences: readonly FlowDifference[]; readonly shared: ReadonlySet<string> } {
  const [left, right] = [countsIn(a), countsIn(b)];
  const none: CountRange = { min: 0, max: 0 };
  const steps = [...new Set([...left.keys(), ...right.keys()])];
  const differences = steps.flatMap((step): readonly FlowDifference[] => {
    const [one, other] = [left.get(step) ?? none, right.get(step) ?? none];
    return one.min === other.min && one.max === other.max ? [] : [{ kind: 'count', step, left: one, right: other }];
  });
  return { differences, shared: new Set(steps.filter((step) => left.has(step) && right.has(step))) };
}

function pairsOf(steps: readonly string[]): readonly (readonly [string, string])[] {
  return steps.flatMap((first, i) => steps.slice(i + 1).map((second) => [first, second] as const));
}

function diffPresence(a: FlowNode, b: FlowNode, steps: readonly string[]): readonly FlowDifference[] {
  return pairsOf(steps).flatMap(([first, second]) => {
    const stated = (of: FlowNode, other: FlowNode, only: Side): readonly FlowDifference[] =>
      [...presenceOf(of, first, second)]
        .filter((says: Presence) => !holdsPresence(other, says, [first, second]))
        .map((says) => ({ kind: 'presence', says, first, second, only }));
    return [...stated(a, b, 'left'), ...stated(b, a, 'right')];
  });
}

function diffRelations(a: FlowNode, b: FlowNode, steps: readonly string[]): readonly FlowDifference[] {
  const [left, right] = [relationsIn(a), relationsIn(b)];
  const [often, oftenToo] = [countsIn(a), countsIn(b)];
  const several = steps.filter((step) => [often, oftenToo].every((counts) => counts.get(step)?.max !== 1));
  const pairs = [...several.map((step) => [step, step] as const), ...pairsOf(steps)];
  const wrong = pairs.flatMap(([first, second]) => {
    const one = left.get(pairKey(first, second)) ?? [];
    const other = right.get(pairKey(first, second)) ?? [];
    const both = first === second || (canBeTogether(a, first, second) && canBeTogether(b, first, second));
    return !both || one.join() === other.join() ? [] : [{ first, second, left: one, right: other }];
  });
  return wrong.filter((pair) => isDirect(pair, { wrong, left, right })).map((pair) => ({ kind: 'order', ...pair }));
}

interface WrongPair {
  readonly first: string;
  readonly second: string;
  readonly left: readonly OrderRelation[];
  readonly right: readonly OrderRelation[];
}

/** False for a pair that only differs because something between the two does, in the same way. */
function isDirect(
  { first, second, ...pair }: WrongPair,
  {
    wrong,
    left,
    right,
  }: {
    readonly wrong: readonly WrongPair[];
    readonly left: ReadonlyMap<string, readonly OrderRelation[]>;
    readonly right: ReadonlyMap<string, readonly OrderRelation[]>;
  },
): boolean {
  const [earlier, later, ordered] = earlierFirst({ first, second, ...pair }, { left, right });
  if (!ordered) return true;
  const steps = new Set(wrong.flatMap((each) => [each.first, each.second]));
  return ![...steps].some(
    (via) => via !== first && via !== second && isBefore(ordered, earlier, via) && isBefore(ordered, via, later),
  );
}

/** The two as the flow that orders them does, and that flow's relations; none where neither or both do. */
function earlierFirst(
  pair: WrongPair,
  {
    left,
    right,
  }: {
    readonly left: ReadonlyMap<string, readonly OrderRelation[]>;
    readonly right: ReadonlyMap<string, readonly OrderRelation[]>;
  },
): readonly [string, string, ReadonlyMap<string, readonly OrderRelation[]> | undefined] {
  const orders = (relations: readonly OrderRelation[]): boolean =>
    relations.join() === 'before' || relations.join() === 'after';
  const [one, other] = [orders(pair.left), orders(pair.right)];
  if (one === other) return [pair.first, pair.second, undefined];
  const turned = (one ? pair.left : pair.right).join() === 'after';
  return turned ? [pair.second, pair.first, one ? left : right] : [pair.first, pair.second, one ? left : right];
}

function isBefore(relations: ReadonlyMap<string, readonly OrderRelation[]>, a: string, b: string): boolean {
  return relations.get(a <= b ? pairKey(a, b) : pairKey(b, a))?.join() === (a <= b ? 'before' : 'after');
}

interface Tried {
  readonly rejected: PlayedRun | undefined;
  readonly runs: number;
  readonly longest: number;
}

/** The shortest run of one order, of those that are tried, that the other does not accept. */
function firstRejected(of: FlowNode, { by, accepts }: { readonly by: FlowNode; readonly accepts: Accepts }): Tried {
  const runs = sampleRuns(of)
    .flatMap(playings)
    .sort((a, b) => a.leaves.length - b.leaves.length)
    .slice(0, MOST_RUNS);
  const longest = runs.at(-1)?.leaves.length ?? 0;
  return { rejected: runs.find((run) => !accepts(by, run)), runs: runs.length, longest };
}

function runOnly(run: PlayedRun | undefined, only: Side): readonly FlowDifference[] {
  return run ? [{ kind: 'run', run: wordOf(run), only }] : [];
}

function conditionsOf(node: FlowNode): readonly string[] {
  return [...JSON.stringify(node).matchAll(/"condition":("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) => text).sort();
}
