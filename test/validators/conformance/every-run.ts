import type { FlowNode } from '../../../src/model/index.js';

/**
 * A run of a tree, spelt out: its leaves, and which must come before which. Made from the meaning of the operators alone; shares nothing with what it
 * is to prove.
 */
export interface SpeltRun {
  readonly leaves: readonly SpeltLeaf[];
  readonly before: readonly Before[];
  /** The same for two runs if and only if they are the same. */
  readonly key: string;
}

export interface SpeltLeaf {
  readonly step: string;
  readonly under: string | undefined;
  /** Of a place bound within the rounds of a repeat: the leaves of its own round that it is bound to. */
  readonly boundTo: readonly number[] | undefined;
}

interface Before {
  readonly earlier: number;
  readonly later: number;
  readonly by: 'start' | 'end';
}

/** How many leaves of each step a run may have at most. */
export type Supply = Readonly<Record<string, number>>;

/** Every run of the tree that needs no more than the supply. Steps that are `open` may go unseen: their leaves may be left out. */
export function everyRun(tree: FlowNode, supply: Supply, open: ReadonlySet<string> = new Set()): readonly SpeltRun[] {
  return runsOf(tree, supply, { open, known: new Map() });
}

interface Speller {
  readonly open: ReadonlySet<string>;
  readonly known: Map<FlowNode, Map<string, readonly SpeltRun[]>>;
}

function runsOf(tree: FlowNode, supply: Supply, speller: Speller): readonly SpeltRun[] {
  const known = speller.known.get(tree) ?? new Map<string, readonly SpeltRun[]>();
  speller.known.set(tree, known);
  const key = Object.values(supply).join();
  const runs = known.get(key) ?? distinct(spell(tree, supply, speller));
  known.set(key, runs);
  return runs;
}

function spell(tree: FlowNode, supply: Supply, speller: Speller): readonly SpeltRun[] {
  switch (tree.kind) {
    case 'step': {
      const leaf = spelt([{ step: tree.step, under: tree.under, boundTo: undefined }], []);
      return [...((supply[tree.step] ?? 0) > 0 ? [leaf] : []), ...(speller.open.has(tree.step) ? [NOTHING] : [])];
    }
    case 'sequence':
      return oneOfEach(tree.children, supply, speller).map((parts) => inLine(parts, tree.by ?? 'end'));
    case 'parallel':
      return oneOfEach(tree.children, supply, speller).map(beside);
    case 'any-order':
      return permutations(tree.children).flatMap((children) =>
        oneOfEach(children, supply, speller).map((parts) => inLine(parts, 'end')),
      );
    case 'choice':
      return tree.children.flatMap((child) => runsOf(child, supply, speller));
    case 'any-of':
      return subsets(tree.children)
        .filter(({ length }) => length > 0)
        .flatMap((children) => oneOfEach(children, supply, speller).map(beside));
    case 'optional':
      return [NOTHING, ...runsOf(tree.child, supply, speller)];
    case 'repeat':
      return repeats(tree, supply, speller);
    case 'if':
      return [
        ...runsOf(tree.child, supply, speller),
        ...(tree.otherwise ? runsOf(tree.otherwise, supply, speller) : [NOTHING]),
      ];
    case 'flow':
      return runsOf(tree.child, supply, speller);
    default:
      return tree satisfies never;
  }
}

function repeats(tree: FlowNode & { readonly kind: 'repeat' }, supply: Supply, speller: Speller): readonly SpeltRun[] {
  const { child, between, min, max, parallel } = tree;
  const total = Object.values(supply).reduce((sum, n) => sum + n, 0);
  // More rounds than this are empty ones, of which one more changes nothing.
  const most = Math.min(max ?? Infinity, Math.max(min, 2 * total + 2));
  const join = (parts: readonly SpeltRun[]): SpeltRun => (parallel ? beside(sorted(parts)) : inLine(parts, 'end'));
  const goOn = (begun: readonly SpeltRun[], parts: readonly FlowNode[]): readonly SpeltRun[] =>
    distinct(
      begun.flatMap((before) =>
        oneOfEach(parts, left(supply, before), speller).map((more) => join([before, round(tree, more)])),
      ),
    );
  const result: SpeltRun[] = min === 0 ? [NOTHING] : [];
  let begun: readonly SpeltRun[] = [NOTHING];
  for (let rounds = 1; rounds <= most && begun.length > 0; rounds++) {
    if (rounds >= min) result.push(...goOn(begun, [child]));
    const next = goOn(begun, between ? [child, between] : [child]);
    if (rounds >= min && keysOf(next) === keysOf(begun)) break;
    begun = next;
  }
  return result;
}

/** A round, and the part between that follows it: its bound leaves are bound to what else is in it. */
function round(tree: FlowNode & { readonly kind: 'repeat' }, parts: readonly SpeltRun[]): SpeltRun {
  const { leaves, before } = tree.parallel ? beside(parts) : inLine(parts, 'end');
  const isLong = tree.child.kind !== 'step' || tree.between !== undefined;
  const bind = (leaf: SpeltLeaf): SpeltLeaf => {
    const { under } = leaf;
    if (!isLong || under === undefined || leaf.boundTo || !stepsIn(tree).has(under)) return leaf;
    return { ...leaf, boundTo: leaves.flatMap(({ step }, i) => (step === under ? [i] : [])) };
  };
  return spelt(leaves.map(bind), before);
}

function stepsIn(tree: FlowNode): ReadonlySet<string> {
  return new Set(JSON.stringify(tree).match(/(?<="step":")[^"]+/g) ?? []);
}

function left(supply: Supply, { leaves }: SpeltRun): Supply {
  const rest: Record<string, number> = { ...supply };
  for (const { step } of leaves) rest[step] = (rest[step] ?? 0) - 1;
  return rest;
}

function oneOfEach(children: readonly FlowNode[], supply: Supply, speller: Speller): readonly (readonly SpeltRun[])[] {
  const [child, ...others] = children;
  if (!child) return [[]];
  return runsOf(child, supply, speller).flatMap((run) =>
    oneOfEach(others, left(supply, run), speller).map((rest) => [run, ...rest]),
  );
}

function beside(parts: readonly SpeltRun[]): SpeltRun {
  return parts.reduce((joined, part) => join(joined, part, undefined), NOTHING);
}

function inLine(parts: readonly SpeltRun[], by: 'start' | 'end'): SpeltRun {
  return parts.reduce((joined, part) => join(joined, part, by), NOTHING);
}

function join(first: SpeltRun, second: SpeltRun, by: 'start' | 'end' | undefined): SpeltRun {
  if (first.leaves.length === 0) return second;
  const shift = first.leaves.length;
  const shifted = second.before.map((each) => ({ ...each, earlier: each.earlier + shift, later: each.later + shift }));
  const across = by
    ? first.leaves.flatMap((_, earlier) => second.leaves.map((__, later) => ({ earlier, later: later + shift, by })))
    : [];
  const moved = second.leaves.map((leaf) => ({ ...leaf, boundTo: leaf.boundTo?.map((other) => other + shift) }));
  return spelt([...first.leaves, ...moved], [...first.before, ...shifted, ...across]);
}

function spelt(leaves: readonly SpeltLeaf[], before: readonly Before[]): SpeltRun {
  const texts = leaves.map(({ step, under = '', boundTo }) => `${step}/${under}/${boundTo?.join('+') ?? ''}`);
  const arrows = before.map(({ earlier, later, by }) => `${earlier}${by === 'end' ? '<' : '-'}${later}`);
  return { leaves, before, key: `${texts.join()} ${arrows.sort().join()}` };
}

const NOTHING: SpeltRun = spelt([], []);

function distinct(all: readonly SpeltRun[]): readonly SpeltRun[] {
  return [...new Map(all.map((run) => [run.key, run])).values()];
}

function sorted(parts: readonly SpeltRun[]): readonly SpeltRun[] {
  return [...parts].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function keysOf(runs: readonly SpeltRun[]): string {
  return runs
    .map(({ key }) => key)
    .sort()
    .join('\n');
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
