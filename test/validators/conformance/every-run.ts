import type { FlowNode } from '../../../src/model/index.js';

/**
 * A run of a tree, spelt out: its leaves, and which must come before which. Made from the meaning of the operators alone; shares nothing with what it
 * is to prove.
 */
export interface SpeltRun {
  readonly leaves: readonly SpeltLeaf[];
  readonly before: readonly Before[];
}

export interface SpeltLeaf {
  readonly step: string;
  readonly under: string | undefined;
}

interface Before {
  readonly earlier: number;
  readonly later: number;
  readonly by: 'start' | 'end';
}

const NOTHING: SpeltRun = { leaves: [], before: [] };

/** How many leaves of each step a run may have at most. */
export type Supply = Readonly<Record<string, number>>;

/** Every run of the tree that needs no more than the supply. Steps that are `open` may go unseen: their leaves may be left out. */
export function everyRun(tree: FlowNode, supply: Supply, open: ReadonlySet<string> = new Set()): readonly SpeltRun[] {
  return distinct(runs(tree, supply, open));
}

function runs(tree: FlowNode, supply: Supply, open: ReadonlySet<string>): readonly SpeltRun[] {
  switch (tree.kind) {
    case 'step': {
      const leaf: SpeltRun = { leaves: [{ step: tree.step, under: tree.under }], before: [] };
      return [...((supply[tree.step] ?? 0) > 0 ? [leaf] : []), ...(open.has(tree.step) ? [NOTHING] : [])];
    }
    case 'sequence':
      return oneOfEach(tree.children, supply, open).map((parts) => inLine(parts, tree.by ?? 'end'));
    case 'parallel':
      return oneOfEach(tree.children, supply, open).map(beside);
    case 'any-order':
      return permutations(tree.children).flatMap((children) =>
        oneOfEach(children, supply, open).map((parts) => inLine(parts, 'end')),
      );
    case 'choice':
      return tree.children.flatMap((child) => runs(child, supply, open));
    case 'any-of':
      return subsets(tree.children)
        .filter(({ length }) => length > 0)
        .flatMap((children) => oneOfEach(children, supply, open).map(beside));
    case 'optional':
      return [NOTHING, ...runs(tree.child, supply, open)];
    case 'repeat':
      return repeats(tree, supply, open);
    case 'if':
      return [...runs(tree.child, supply, open), ...(tree.otherwise ? runs(tree.otherwise, supply, open) : [NOTHING])];
    case 'flow':
      return runs(tree.child, supply, open);
    default:
      return tree satisfies never;
  }
}

function repeats(
  { child, between, min, max, parallel }: FlowNode & { readonly kind: 'repeat' },
  supply: Supply,
  open: ReadonlySet<string>,
): readonly SpeltRun[] {
  const total = Object.values(supply).reduce((sum, n) => sum + n, 0);
  // More rounds than this are empty ones, of which one more changes nothing.
  const most = Math.min(max ?? Infinity, Math.max(min, 2 * total + 2));
  const result: SpeltRun[] = [];
  let prefixes: readonly (readonly SpeltRun[])[] = [[]];
  for (let rounds = 0; ; rounds++) {
    if (rounds >= min) result.push(...prefixes.map((parts) => (parallel ? beside(parts) : inLine(parts, 'end'))));
    if (rounds === most || prefixes.length === 0) return distinct(result);
    const gap = rounds > 0 && between ? [between] : [];
    prefixes = distinctLists(
      prefixes.flatMap((parts) =>
        oneOfEach([...gap, child], left(supply, parts), open).map((more) =>
          [...parts, ...more].filter(({ leaves }) => leaves.length > 0),
        ),
      ),
    );
  }
}

function left(supply: Supply, parts: readonly SpeltRun[]): Supply {
  const rest: Record<string, number> = { ...supply };
  for (const { leaves } of parts) for (const { step } of leaves) rest[step] = (rest[step] ?? 0) - 1;
  return rest;
}

function oneOfEach(
  children: readonly FlowNode[],
  supply: Supply,
  open: ReadonlySet<string>,
): readonly (readonly SpeltRun[])[] {
  let lists: readonly (readonly SpeltRun[])[] = [[]];
  for (const child of children) {
    lists = distinctLists(
      lists.flatMap((parts) => everyRun(child, left(supply, parts), open).map((run) => [...parts, run])),
    );
  }
  return lists;
}

function beside(parts: readonly SpeltRun[]): SpeltRun {
  return parts.reduce((joined, part) => join(joined, part, undefined), NOTHING);
}

function inLine(parts: readonly SpeltRun[], by: 'start' | 'end'): SpeltRun {
  return parts.reduce((joined, part) => join(joined, part, by), NOTHING);
}

function join(left: SpeltRun, right: SpeltRun, by: 'start' | 'end' | undefined): SpeltRun {
  const shift = left.leaves.length;
  const shifted = right.before.map((each) => ({ ...each, earlier: each.earlier + shift, later: each.later + shift }));
  const across = by
    ? left.leaves.flatMap((_, earlier) => right.leaves.map((__, later) => ({ earlier, later: later + shift, by })))
    : [];
  return { leaves: [...left.leaves, ...right.leaves], before: [...left.before, ...shifted, ...across] };
}

function distinct(all: readonly SpeltRun[]): readonly SpeltRun[] {
  return [...new Map(all.map((run) => [JSON.stringify(run), run])).values()];
}

function distinctLists(all: readonly (readonly SpeltRun[])[]): readonly (readonly SpeltRun[])[] {
  return [...new Map(all.map((list) => [JSON.stringify(list), list])).values()];
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const [first, ...others] = items;
  if (first === undefined) return [[]];
  return subsets(others).flatMap((rest) => [rest, [first, ...rest]]);
}
