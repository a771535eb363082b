import type { FlowNode } from '../../model/index.js';
import { stepsUnder } from './tree.js';

/** What stands between the counts of a request and the flow. */
export interface CountProblems {
  /** Required steps of which there is none, and none may still come; in the order of the flow. */
  readonly missing: readonly string[];
  /** Required steps of which there are too few, and more may still come. */
  readonly awaited: readonly string[];
  readonly counts: readonly {
    readonly step: string;
    readonly min: number;
    readonly max: number | null;
    readonly observed: number;
    readonly also?: readonly string[];
    readonly under?: string;
    /** Rounds were counted, not occurrences. */
    readonly of?: 'rounds';
    /** The spans of the one round that was counted. */
    readonly inRound?: readonly string[];
  }[];
  readonly unexpected: readonly UnexpectedStep[];
}

/** A step that the branch taken does not allow, with others of its own branch. */
export interface UnexpectedStep {
  readonly step: string;
  /** The branch taken, by its first step; undefined for a step that has no place at all. */
  readonly branch: string | undefined;
  readonly also?: readonly string[];
  readonly condition?: { readonly expression: string; readonly holds: boolean };
  readonly under?: readonly string[];
  /** The first step of the rounds that it stands between. */
  readonly between?: string;
  /** The occurrences that have no place. Absent: all of these steps. */
  readonly spanIds?: readonly string[];
}

export interface CountedSteps {
  /** Occurrences in the trace. */
  readonly seen: (step: string) => number;
  /** True for a step that no span shows but a store does: it happened, out of sight. */
  readonly storeShown: (step: string) => boolean;
  /** True for a step of which more may still come. */
  readonly mayStillCome: (step: string) => boolean;
}

export const NO_COUNT_PROBLEMS: CountProblems = { missing: [], awaited: [], counts: [], unexpected: [] };

/**
 * Fits the counts to the tree with the fewest insertions and deletions; none means feasible.
 *
 * A step is exactly one; `repeat` is min..max; sequence and parallel are all their children; `optional` is unused, or its child; of a
 * `choice` one child is taken: the one that leaves least unexplained, the first of equals. A step that may still come is optional.
 */
export function fitCounts(node: FlowNode, steps: CountedSteps): CountProblems {
  switch (node.kind) {
    case 'step':
      return fitOne(node.step, { min: 1, max: 1 }, steps);
    case 'repeat':
      return stepsUnder(node)
        .map((step) => fitOne(step, { min: node.min, max: node.max }, steps))
        .reduce(join, NO_COUNT_PROBLEMS);
    case 'sequence':
    case 'parallel':
    case 'any-order':
      return node.children.map((child) => fitCounts(child, steps)).reduce(join, NO_COUNT_PROBLEMS);
    case 'optional':
      return isUsed(node.child, steps) ? fitCounts(node.child, steps) : NO_COUNT_PROBLEMS;
    case 'choice':
      return fitChoice(node.children, steps);
    case 'any-of':
      return fitAnyOf(node.children, steps);
    case 'if':
      return fitChoice(node.otherwise ? [node.child, node.otherwise] : [node.child], steps);
    case 'flow':
      return fitCounts(node.child, steps);
    default:
      return node satisfies never;
  }
}

function fitOne(
  step: string,
  { min, max }: { readonly min: number; readonly max: number | null },
  steps: CountedSteps,
): CountProblems {
  const observed = steps.seen(step);
  if (observed === 0 && steps.storeShown(step)) return NO_COUNT_PROBLEMS;
  if (observed < min) {
    if (steps.mayStillCome(step)) return { ...NO_COUNT_PROBLEMS, awaited: [step] };
    return observed === 0
      ? { ...NO_COUNT_PROBLEMS, missing: [step] }
      : { ...NO_COUNT_PROBLEMS, counts: [{ step, min, max, observed }] };
  }
  return max !== null && observed > max
    ? { ...NO_COUNT_PROBLEMS, counts: [{ step, min, max, observed }] }
    : NO_COUNT_PROBLEMS;
}

function fitChoice(children: readonly FlowNode[], steps: CountedSteps): CountProblems {
  const used = children.filter((child) => isUsed(child, steps));
  const candidates = used.length === 0 ? children : used;
  let best = NO_COUNT_PROBLEMS;
  let bestCost = Infinity;
  for (const candidate of candidates) {
    const others = used.filter((child) => child !== candidate);
    const problems = join(fitCounts(candidate, steps), strays(others, { candidate, steps }));
    const cost = costOf(problems, steps);
    if (cost < bestCost) {
      best = problems;
      bestCost = cost;
    }
  }
  return best;
}

/** Each child that is used fits; where none is, one that can be empty, or else the first. */
function fitAnyOf(children: readonly FlowNode[], steps: CountedSteps): CountProblems {
  const used = children.filter((child) => isUsed(child, steps));
  if (used.length === 0) return fitChoice(children, steps);
  return used.map((child) => fitCounts(child, steps)).reduce(join, NO_COUNT_PROBLEMS);
}

function strays(
  others: readonly FlowNode[],
  { candidate, steps }: { readonly candidate: FlowNode; readonly steps: CountedSteps },
): CountProblems {
  const branch = stepsUnder(candidate)[0] ?? '';
  const unexpected = others.flatMap((other): readonly UnexpectedStep[] => {
    const [step, ...also] = new Set(stepsUnder(other).filter((each) => steps.seen(each) > 0));
    return step === undefined ? [] : [{ step, branch, ...(also.length > 0 && { also }) }];
  });
  return { ...NO_COUNT_PROBLEMS, unexpected };
}

/** Insertions and deletions weigh whole; what may still come by itself only breaks ties. */
function costOf(problems: CountProblems, steps: CountedSteps): number {
  const counts = problems.counts.map(({ min, max, observed }) =>
    observed < min ? min - observed : observed - (max ?? 0),
  );
  const deleted = problems.unexpected.flatMap(({ step, also = [] }) => [step, ...also].map(steps.seen));
  const whole = [...counts, ...deleted].reduce((sum, n) => sum + n, problems.missing.length);
  return whole + problems.awaited.length / 1_000;
}

function isUsed(node: FlowNode, steps: CountedSteps): boolean {
  return stepsUnder(node).some((step) => steps.seen(step) > 0 || steps.storeShown(step));
}

function join(a: CountProblems, b: CountProblems): CountProblems {
  return {
    missing: [...a.missing, ...b.missing],
    awaited: [...a.awaited, ...b.awaited],
    counts: [...a.counts, ...b.counts],
    unexpected: [...a.unexpected, ...b.unexpected],
  };
}
