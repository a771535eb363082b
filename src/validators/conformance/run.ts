import type { CompiledOrder } from './compiled-order.js';
import { type OrderNode, partsOf } from './order-tree.js';

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

/** A node of the tree as it was run: the parts that were, in the order they came in, or the occurrences at a place. */
export interface RunNode {
  readonly node: OrderNode;
  readonly parts: readonly RunNode[];
  readonly occurrences: readonly number[];
}

/** Describes a run from its parts. */
export function describeRun(
  root: RunNode,
  { count, order }: { readonly count: number; readonly order: readonly number[] },
): Run {
  const places: (number | undefined)[] = Array.from({ length: count });
  const rounds: (readonly number[])[] = Array.from({ length: count }, () => []);
  const required: RequiredOrder[] = [];
  const walk = (run: RunNode, around: readonly number[]): readonly number[] => {
    for (const occurrence of run.occurrences) {
      places[occurrence] = run.node.first;
      rounds[occurrence] = around;
    }
    const counters = new Map<OrderNode, number>();
    const parts = run.parts.map((part) => {
      if (run.node.kind !== 'repeat') return walk(part, around);
      const round = counters.get(part.node) ?? 0;
      counters.set(part.node, round + 1);
      return walk(part, [...around, round]);
    });
    if (isOrdered(run.node) && parts.length > 1) required.push({ by: byOf(run.node), parts });
    return [...run.occurrences, ...parts.flat()];
  };
  walk(root, []);
  return { places, rounds, order, required };
}

function isOrdered(node: OrderNode): boolean {
  return node.kind === 'sequence' || node.kind === 'any-order' || (node.kind === 'repeat' && !node.parallel);
}

function byOf(node: OrderNode): 'start' | 'end' {
  return node.kind === 'sequence' ? node.by : 'end';
}

/** The run of a tree of the exact class: each occurrence at its place, serial rounds in the order they started in. */
export function runAtPlaces(
  order: CompiledOrder,
  { places, started }: { readonly places: Int32Array; readonly started: readonly number[] },
): Run {
  const standing: number[][] = order.places.map(() => []);
  for (const occurrence of started) standing[places[occurrence] ?? -1]?.push(occurrence);
  const first = new Map(started.map((occurrence, i) => [occurrence, i] as const));
  const build = (node: OrderNode): RunNode => {
    if (node.kind === 'place') return { node, parts: [], occurrences: standing[node.first] ?? [] };
    const parts = partsOf(node).flatMap((part) => {
      const run = build(part);
      if (node.kind !== 'repeat' || part.kind !== 'place') return isEmpty(run) ? [] : [run];
      return run.occurrences.map((occurrence) => ({ ...run, occurrences: [occurrence] }));
    });
    if (node.kind === 'any-order') parts.sort((a, b) => startOf(a, first) - startOf(b, first));
    return { node, parts, occurrences: [] };
  };
  return describeRun(build(order.root), { count: places.length, order: started });
}

function isEmpty({ parts, occurrences }: RunNode): boolean {
  return occurrences.length === 0 && parts.every(isEmpty);
}

function startOf({ occurrences, parts }: RunNode, first: ReadonlyMap<number, number>): number {
  const own = occurrences.map((occurrence) => first.get(occurrence) ?? 0);
  return Math.min(...own, ...parts.map((part) => startOf(part, first)));
}
