import type { SeenRequest } from '../../../src/flow/index.js';
import type { FlowNode } from '../../../src/model/index.js';
import type { RequestOrder } from '../../../src/validators/conformance/index.js';
import type { seeded } from '../../helpers/seeded.js';
import { everyRun, type SpeltRun } from '../../validators/conformance/every-run.js';

export type Random = ReturnType<typeof seeded>;

/** What happened, point by point: 2i is the start of happening i, 2i + 1 its end. */
export interface ToyRun {
  readonly steps: readonly string[];
  readonly points: readonly number[];
}

/** Runs of the tree as it may have happened: any of its runs, in any order that the run allows. Nothing for a tree without runs. */
export function randomRuns(
  random: Random,
  tree: FlowNode,
  { count, supply }: { readonly count: number; readonly supply: Readonly<Record<string, number>> },
): readonly ToyRun[] {
  const runs = everyRun(tree, supply).filter(({ leaves }) => leaves.length > 0);
  if (runs.length === 0) return [];
  return Array.from({ length: count }, () => happen(random, random.pick(runs)));
}

function happen(random: Random, { leaves, before }: SpeltRun): ToyRun {
  const waits = new Map<number, number[]>(
    leaves.flatMap((_, i) => [[2 * i, []] as const, [2 * i + 1, [2 * i]] as const]),
  );
  for (const { earlier, later, by } of before)
    waits.get(2 * later)?.push(by === 'start' ? 2 * earlier : 2 * earlier + 1);
  const points: number[] = [];
  while (points.length < 2 * leaves.length) {
    const ready = [...waits.keys()].filter(
      (p) => !points.includes(p) && waits.get(p)!.every((q) => points.includes(q)),
    );
    points.push(random.pick(ready));
  }
  return { steps: leaves.map(({ step }) => step), points };
}

/** The run as a learner sees it when everything is certain. */
export function seen({ steps, points }: ToyRun, requestId: string): SeenRequest {
  const place = new Map(points.map((point, i) => [point, i]));
  const before = steps.map(
    (_, j) => new Set(steps.flatMap((_step, i) => (place.get(2 * i + 1)! < place.get(2 * j)! ? [i] : []))),
  );
  return {
    requestId,
    totalMs: points.length,
    steps: steps.map((step) => ({ step, failed: false, durationMs: 1 })),
    before,
    causes: steps.map(() => new Set<number>()),
  };
}

/** The run as the check takes it when everything is certain. */
export function asOrder({ steps, points }: ToyRun): RequestOrder {
  return {
    occurrences: steps.map((step, i) => ({ labels: [step], start: 2 * i, end: 2 * i + 1, tied: true })),
    nodes: 2 * steps.length,
    certain: points.slice(1).flatMap((point, i) => [points[i]!, point]),
    causes: [],
  };
}

/** The same happenings, of which two have changed places in time. */
export function swapped(random: Random, { steps, points }: ToyRun): ToyRun {
  const a = random.below(steps.length);
  const b = random.below(steps.length);
  const turn = (point: number): number =>
    point >> 1 === a ? 2 * b + (point & 1) : point >> 1 === b ? 2 * a + (point & 1) : point;
  return { steps, points: points.map(turn) };
}
