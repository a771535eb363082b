import { type BesideNode, isShortRepeat, type OrderNode, partsOf, type RepeatNode } from './order-tree.js';

/** An insertion weighs this, a deletion a little more: of ways that need as many edits, the one with the fewest deletions is best. */
export const EDIT = 2 ** 20;
export const DELETION = EDIT + 1;

/** How the counts at the places can be made those of a run, with the fewest edits. */
export interface PlaceFit {
  /** Sum of the weights of the edits. */
  readonly weight: number;
  /** By place: so many occurrences there are too many. */
  readonly surplus: Int32Array;
}

/**
 * Fits the counts to a tree of the exact class whose repeats go round single steps. Of branches that are as good the first in order of declaration is taken.
 */
export function fitPlaces(
  nodes: readonly OrderNode[],
  { counts, isOpen }: { readonly counts: Int32Array; readonly isOpen: (place: number) => boolean },
): PlaceFit {
  const fit: Fit = { used: [], unused: [], counts, isOpen };
  for (const node of nodes) {
    fit.unused.push(sumOf(counts.subarray(node.first, node.after)) * DELETION);
    fit.used.push(weightOf(node, fit));
  }
  const root = nodes.at(-1) as OrderNode;
  const surplus = new Int32Array(counts.length);
  choose(root, { ...fit, surplus });
  return { weight: fit.used[root.id] as number, surplus };
}

interface Fit {
  /** By node: what it weighs to make it one run. */
  readonly used: number[];
  /** By node: what it weighs to empty it. */
  readonly unused: number[];
  readonly counts: Int32Array;
  readonly isOpen: (place: number) => boolean;
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

function weightOf(node: OrderNode, fit: Fit): number {
  const used = ({ id }: OrderNode): number => fit.used[id] as number;
  const unused = ({ id }: OrderNode): number => fit.unused[id] as number;
  switch (node.kind) {
    case 'place':
      return weightOfCount(node.first, { min: 1, max: 1 }, fit);
    case 'repeat':
      return isShortRepeat(node) ? weightOfCount(node.first, node, fit) : used(node.child);
    case 'optional':
      return Math.min(used(node.child), unused(node.child));
    case 'choice':
    case 'any-of':
      return used(node.children[taken(node, fit)] as OrderNode) + weightOfOthers(node, fit);
    default:
      return sumOf(partsOf(node).map(used));
  }
}

function weightOfCount(place: number, { min, max }: Pick<RepeatNode, 'min' | 'max'>, { counts, isOpen }: Fit): number {
  const count = counts[place] as number;
  if (count > max) return (count - max) * DELETION;
  return isOpen(place) ? 0 : Math.max(0, min - count) * EDIT;
}

/** A choice or an any-of. */
type Branching = Pick<BesideNode, 'children'> & { readonly kind: OrderNode['kind'] };

function weightOfOthers(node: Branching, fit: Fit): number {
  const at = taken(node, fit);
  return sumOf(node.children.map((child, i) => (i === at ? 0 : weightOfOther(node, child, fit))));
}

/** A part that need not be run: emptied in a choice, emptied or made whole in an any-of. */
function weightOfOther(node: Branching, { id }: OrderNode, fit: Fit): number {
  const unused = fit.unused[id] as number;
  return node.kind === 'choice' ? unused : Math.min(unused, fit.used[id] as number);
}

/** The part that is run whatever the others do. */
function taken(node: Branching, fit: Fit): number {
  const gains = node.children.map((child) => (fit.used[child.id] as number) - weightOfOther(node, child, fit));
  return gains.indexOf(Math.min(...gains));
}

function choose(node: OrderNode, fit: Fit & { readonly surplus: Int32Array }): void {
  const { counts, surplus } = fit;
  if (node.kind === 'place' || (node.kind === 'repeat' && isShortRepeat(node))) {
    const max = node.kind === 'repeat' ? node.max : 1;
    surplus[node.first] = Math.max(0, (counts[node.first] as number) - max);
    return;
  }
  const at = node.kind === 'choice' || node.kind === 'any-of' ? taken(node, fit) : undefined;
  partsOf(node).forEach((part, i) => {
    if (isRun(node, { part, isTaken: at === undefined ? undefined : at === i, fit })) choose(part, fit);
    else surplus.set(counts.subarray(part.first, part.after), part.first);
  });
}

function isRun(
  node: OrderNode,
  { part, isTaken, fit }: { readonly part: OrderNode; readonly isTaken: boolean | undefined; readonly fit: Fit },
): boolean {
  if (isTaken === true) return true;
  if (node.kind === 'choice') return false;
  if (node.kind !== 'optional' && node.kind !== 'any-of') return true;
  return (fit.used[part.id] as number) < (fit.unused[part.id] as number);
}
