import { type OrderNode, UNBOUNDED } from './order-tree.js';

/**
 * How often each node must have been run, and how often it can have been, for the counts of its places to come out. Filled by
 * `countTimes`, indexed by node.
 */
export interface Times {
  readonly least: Int32Array;
  readonly most: Int32Array;
}

export function emptyTimes(nodes: number): Times {
  return { least: new Int32Array(nodes), most: new Int32Array(nodes) };
}

/** What is counted at each place. */
export interface PlaceCounts {
  readonly least: Int32Array;
  readonly most: Int32Array;
}

/**
 * True if the counts at the places can be those of one run of the tree, given by its nodes, children first.
 *
 * Each node's possible numbers of runs are an interval, worked out from those of its parts, and the root must be able to run once. Exact where
 * each place's count is known; where an occurrence has several places to stand, or may still come, no run is ruled out that is possible.
 */
export function fitsCounts(nodes: readonly OrderNode[], counts: PlaceCounts, times: Times): boolean {
  for (const node of nodes) {
    countTimes(node, counts, times);
    if ((times.least[node.id] as number) > (times.most[node.id] as number)) return false;
  }
  const root = nodes.length - 1;
  return (times.least[root] as number) <= 1 && (times.most[root] as number) >= 1;
}

function countTimes(node: OrderNode, counts: PlaceCounts, times: Times): void {
  const { id } = node;
  const { least, most } = times;
  switch (node.kind) {
    case 'place':
      least[id] = counts.least[node.first] as number;
      most[id] = counts.most[node.first] as number;
      return;
    case 'sequence':
    case 'parallel':
    case 'any-order':
      least[id] = greatest(node.children, least);
      most[id] = smallest(node.children, most);
      return;
    case 'choice':
      least[id] = sum(node.children, least);
      most[id] = sum(node.children, most);
      return;
    case 'any-of':
      least[id] = greatest(node.children, least);
      most[id] = sum(node.children, most);
      return;
    case 'optional':
      least[id] = least[node.child.id] as number;
      most[id] = UNBOUNDED;
      return;
    case 'repeat':
      countRepeat(node, times);
      return;
    default:
      node satisfies never;
  }
}

function greatest(children: readonly OrderNode[], times: Int32Array): number {
  let result = 0;
  for (const { id } of children) result = Math.max(result, times[id] as number);
  return result;
}

function smallest(children: readonly OrderNode[], times: Int32Array): number {
  let result = UNBOUNDED;
  for (const { id } of children) result = Math.min(result, times[id] as number);
  return result;
}

function sum(children: readonly OrderNode[], times: Int32Array): number {
  let result = 0;
  for (const { id } of children) result += times[id] as number;
  return Math.min(result, UNBOUNDED);
}

/**
 * R rounds, with B parts between them, in t runs of the repeat that go round at least once:
 *
 * ```
 *   min·t ≤ R ≤ max·t      and, where there is a part between, R = B + t: one fewer than rounds in each run
 * ```
 *
 * A repeat that may go round no time at all can be run any number of times more.
 */
function countRepeat(node: OrderNode & { readonly kind: 'repeat' }, { least, most }: Times): void {
  const min = Math.max(node.min, 1);
  const rounds = { least: least[node.child.id] as number, most: most[node.child.id] as number };
  let low = Math.ceil(rounds.least / node.max);
  let high = Math.floor(rounds.most / min);
  let isUnused = rounds.least === 0;
  if (node.between) {
    const between = { least: least[node.between.id] as number, most: most[node.between.id] as number };
    low = Math.max(low, rounds.least - between.most, runsFor(between.least, node.max - 1));
    high = Math.min(high, rounds.most - between.least, min === 1 ? UNBOUNDED : Math.floor(between.most / (min - 1)));
    isUnused &&= between.least === 0;
  }
  const skips = node.min === 0;
  if (skips && !isUnused) low = Math.max(low, 1);
  const isPossible = low <= high || (skips && isUnused);
  least[node.id] = isPossible ? (skips && isUnused ? 0 : Math.max(low, 0)) : 1;
  most[node.id] = isPossible ? (skips ? UNBOUNDED : high) : 0;
}

/** The fewest runs that hold so many, at most so many in each. */
function runsFor(count: number, perRun: number): number {
  if (count === 0) return 0;
  return perRun === 0 ? Infinity : Math.ceil(count / perRun);
}
