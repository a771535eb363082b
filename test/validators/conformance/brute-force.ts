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
  const supply = supplyOf(request);
  return everyRun(tree, supply, open).some(
    (run) => run.leaves.length === request.happenings.length && hasSteps(run, supply) && canBe(run, request),
  );
}

/** The fewest happenings to leave out and leaves to add, up to `most`; undefined if more are needed. */
export function leastCostByBruteForce(
  tree: FlowNode,
  { request, open, most }: { readonly request: ToyRequest; readonly open: ReadonlySet<string>; readonly most: number },
): number | undefined {
  const { happenings } = request;
  const sets = Array.from({ length: 1 << happenings.length }, (_, set) =>
    happenings.flatMap((__, i) => ((set >> i) & 1 ? [i] : [])),
  );
  for (let cost = 0; cost <= most; cost++) {
    for (const left of sets.filter(({ length }) => length <= cost)) {
      if (conformsWithout(tree, { request, open, left, added: cost - left.length })) return cost;
    }
  }
  return undefined;
}

function conformsWithout(
  tree: FlowNode,
  {
    request,
    open,
    left,
    added,
  }: {
    readonly request: ToyRequest;
    readonly open: ReadonlySet<string>;
    readonly left: readonly number[];
    readonly added: number;
  },
): boolean {
  const kept = request.happenings.filter((_, i) => !left.includes(i));
  const supply: Record<string, number> = {};
  for (const step of JSON.stringify(tree).match(/(?<="step":")[^"]+/g) ?? []) supply[step] = added;
  for (const { step } of kept) supply[step] = (supply[step] ?? added) + 1;
  return everyRun(tree, supply, open).some(
    (run) =>
      run.leaves.length === kept.length + added &&
      assignments(
        run,
        request.happenings,
        (leafOf) => hasLinearOrder(run, { request, leafOf }),
        (i) => left.includes(i),
      ),
  );
}

/** An order that a run requires: from one happening to another, `<` by end, `-` by start. */
export function isRunByBruteForce(
  tree: FlowNode,
  {
    request,
    open,
    required,
  }: { readonly request: ToyRequest; readonly open: ReadonlySet<string>; readonly required: ReadonlySet<string> },
): boolean {
  const { happenings } = request;
  return everyRun(tree, supplyOf(request), open).some((run) => {
    if (run.leaves.length !== happenings.length || run.before.length !== required.size) return false;
    const fits = (leafOf: Assignment): boolean => {
      const standing = new Map(leafOf.map((leaf, happening) => [leaf, happening]));
      return run.before.every(({ earlier, later, by }) =>
        required.has(`${standing.get(earlier)}${by === 'end' ? '<' : '-'}${standing.get(later)}`),
      );
    };
    return assignments(run, happenings, (leafOf) => fits(leafOf) && hasLinearOrder(run, { request, leafOf }));
  });
}

function supplyOf({ happenings }: ToyRequest): Readonly<Record<string, number>> {
  const supply: Record<string, number> = {};
  for (const { step } of happenings) supply[step] = (supply[step] ?? 0) + 1;
  return supply;
}

function hasSteps({ leaves }: SpeltRun, supply: Readonly<Record<string, number>>): boolean {
  return Object.entries(supply).every(([step, count]) => leaves.filter((leaf) => leaf.step === step).length === count);
}

function canBe(run: SpeltRun, request: ToyRequest): boolean {
  return assignments(run, request.happenings, (leafOf) => hasLinearOrder(run, { request, leafOf }));
}

/** By happening: its leaf; undefined for one that is left out. */
type Assignment = readonly (number | undefined)[];

/** True if one of the ways to put each happening at a leaf of its own is accepted. Those that are left out ask nothing. */
function assignments(
  run: SpeltRun,
  happenings: readonly Happening[],
  accepts: (leafOf: Assignment) => boolean,
  isLeft: (happening: number) => boolean = () => false,
): boolean {
  const leafOf: (number | undefined)[] = [];
  const assign = (i: number): boolean => {
    if (i === happenings.length) return accepts(leafOf);
    if (isLeft(i)) {
      leafOf.push(undefined);
      const found = assign(i + 1);
      leafOf.pop();
      return found;
    }
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
  { happenings, leafOf }: { readonly happenings: readonly Happening[]; readonly leafOf: Assignment },
): boolean {
  return leafOf.every((leaf, i) => {
    if (leaf === undefined) return true;
    const { boundTo } = leaves[leaf]!;
    const { tied, causes } = happenings[i]!;
    return !boundTo || !tied || [...causes].some((cause) => boundTo.includes(leafOf[cause] ?? -1));
  });
}

/** Puts one point after the other, in every way that what is certain allows, until all are put or no way is left. */
function hasLinearOrder(
  run: SpeltRun,
  { request, leafOf }: { readonly request: ToyRequest; readonly leafOf: Assignment },
): boolean {
  const { happenings, certain } = request;
  if (!isBound(run, { happenings, leafOf })) return false;
  const standing = new Map(leafOf.map((leaf, happening) => [leaf, happening]));
  const arrows = [...certain, ...happenings.map((_, i) => [2 * i, 2 * i + 1] as const)];
  for (const { earlier, later, by } of run.before) {
    const [a, b] = [standing.get(earlier), standing.get(later)];
    if (a === undefined || b === undefined) continue;
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
