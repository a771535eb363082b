import type { OrderNode } from './order-tree.js';
import { NEXT_ROUND, type RunNode, type RunPart } from './run-node.js';

/** One run of a flow that a request can have been. */
export interface Run {
  /** By occurrence: the index of its place; undefined for one that has none in this run. */
  readonly places: readonly (number | undefined)[];
  /** By occurrence: the rounds or copies it is in, of the repeats around its place, outermost first; counted from 0. */
  readonly rounds: readonly (readonly number[])[];
  /** The occurrences in an order of starts that the facts and the run both allow. */
  readonly order: readonly number[];
  /** The order that the run requires. */
  readonly required: readonly RequiredOrder[];
}

/** Each occurrence of an earlier part comes before each of every later part. */
export interface RequiredOrder {
  /** `start`: the earlier one need only start before the later one does. */
  readonly by: 'start' | 'end';
  readonly parts: readonly (readonly number[])[];
}

/** Describes a run from its tree, undefined for a run without any occurrence. With `only`, what nodes of that kind require is told, and no more. */
export function describeRun(
  root: RunNode | undefined,
  {
    count,
    order,
    only,
  }: { readonly count: number; readonly order: readonly number[]; readonly only?: OrderNode['kind'] },
): Run {
  const places: (number | undefined)[] = Array.from({ length: count });
  const rounds: (readonly number[])[] = Array.from({ length: count }, () => []);
  const required: RequiredOrder[] = [];
  const walk = ({ node, parts, occurrences }: RunNode, around: readonly number[]): readonly number[] => {
    for (const occurrence of occurrences) {
      places[occurrence] = node.first;
      rounds[occurrence] = around;
    }
    let round = -1;
    const members = inOrder(node, parts).map(({ at, run }) => {
      if (node.kind !== 'repeat') return walk(run, around);
      if (at === NEXT_ROUND) round++;
      return walk(run, [...around, Math.max(0, round)]);
    });
    if (isOrdered(node) && members.length > 1 && (only ?? node.kind) === node.kind)
      required.push({ by: byOf(node), parts: members });
    return [...occurrences, ...members.flat()];
  };
  if (root) walk(root, []);
  return { places, rounds, order, required };
}

function inOrder(node: OrderNode, parts: readonly RunPart[]): readonly RunPart[] {
  return node.kind === 'sequence' ? [...parts].sort((a, b) => a.at - b.at) : parts;
}

function isOrdered(node: OrderNode): boolean {
  return node.kind === 'sequence' || node.kind === 'any-order' || (node.kind === 'repeat' && !node.parallel);
}

function byOf(node: OrderNode): 'start' | 'end' {
  return node.kind === 'sequence' ? node.by : 'end';
}
