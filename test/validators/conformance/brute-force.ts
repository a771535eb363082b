import type { FlowNode } from '../../../src/model/index.js';
import { everyRun, type SpeltRun } from './every-run.js';
import type { Happening, ToyRequest } from './random-request.js';

/**
 * The definition, tried out: is there a run, an assignment of all happenings to its leaves, and a linear order of all points in which everything certain
 * and everything required comes true?
 */
export function conformsByBruteForce(
  tree: FlowNode,
  request: ToyRequest,
  open: ReadonlySet<string> = new Set(),
): boolean {
  const supply: Record<string, number> = {};
  for (const { step } of request.happenings) supply[step] = (supply[step] ?? 0) + 1;
  return everyRun(tree, supply, open).some(
    (run) => run.leaves.length === request.happenings.length && hasSteps(run, supply) && canBe(run, request),
  );
}

function hasSteps({ leaves }: SpeltRun, supply: Readonly<Record<string, number>>): boolean {
  return Object.entries(supply).every(([step, count]) => leaves.filter((leaf) => leaf.step === step).length === count);
}

function canBe(run: SpeltRun, request: ToyRequest): boolean {
  const { happenings } = request;
  const leafOf: number[] = [];
  const assign = (i: number): boolean => {
    if (i === happenings.length) return hasLinearOrder(run, { request, leafOf });
    return run.leaves.some((_, leaf) => {
      if (leafOf.includes(leaf) || !canStand(i, { leaf, run, happenings })) return false;
      leafOf.push(leaf);
      const found = assign(i + 1);
      leafOf.pop();
      return found;
    });
  };
  return assign(0);
}

function canStand(
  i: number,
  {
    leaf,
    run,
    happenings,
  }: { readonly leaf: number; readonly run: SpeltRun; readonly happenings: readonly Happening[] },
): boolean {
  const { step, under } = run.leaves[leaf]!;
  const happening = happenings[i]!;
  if (happening.step !== step) return false;
  return under === undefined || [...happening.causes].some((cause) => happenings[cause]!.step === under);
}

/** In the rounds of a repeat, a bound leaf's occurrence descends from one of its own round; unless its ancestors are not all known. */
function isBound(
  { leaves }: SpeltRun,
  { happenings, leafOf }: { readonly happenings: readonly Happening[]; readonly leafOf: readonly number[] },
): boolean {
  return leafOf.every((leaf, i) => {
    const { boundTo } = leaves[leaf]!;
    const { tied, causes } = happenings[i]!;
    return !boundTo || !tied || [...causes].some((cause) => boundTo.includes(leafOf[cause]!));
  });
}

/** Puts one point after the other, in every way that what is certain allows, until all are put or no way is left. */
function hasLinearOrder(
  run: SpeltRun,
  { request, leafOf }: { readonly request: ToyRequest; readonly leafOf: readonly number[] },
): boolean {
  const { happenings, certain } = request;
  if (!isBound(run, { happenings, leafOf })) return false;
  const standing = new Map(leafOf.map((leaf, happening) => [leaf, happening]));
  const arrows = [...certain, ...happenings.map((_, i) => [2 * i, 2 * i + 1] as const)];
  for (const { earlier, later, by } of run.before) {
    const [a, b] = [standing.get(earlier)!, standing.get(later)!];
    const cause = happenings[b]!.causes.has(a);
    const onlyStart = by === 'start' || cause || !happenings[b]!.tied;
    arrows.push([onlyStart ? 2 * a : 2 * a + 1, 2 * b]);
  }
  const before = new Array<number>(2 * happenings.length).fill(0);
  for (const [p, q] of arrows) before[q]! |= 1 << p;
  const deadEnds = new Set<number>();
  const extend = (put: number): boolean => {
    if (put === (1 << before.length) - 1) return true;
    if (deadEnds.has(put)) return false;
    deadEnds.add(put);
    return before.some(
      (needed, point) => ((put >> point) & 1) === 0 && (needed & ~put) === 0 && extend(put | (1 << point)),
    );
  };
  return extend(0);
}
