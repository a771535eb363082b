import { type OrderNode, partsOf, UNBOUNDED } from './order-tree.js';

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
 * True if the counts at the places can be those of one run of the tree.
 *
 * Each node's possible numbers of runs are an interval, worked out from those of its parts, and the root must be able to run once. Exact where
 * each place's count is known; where an occurrence has several places to stand, or may still come, no run is ruled out that is possible.
 */
export function fitsCounts(table: NodeTable, counts: PlaceCounts, times: Times): boolean {
  const { kinds } = table;
  const { least, most } = times;
  const counting: Counting = { table, counts, times };
  for (let id = 0; id < kinds.length; id++) {
    countTimes(id, counting);
    if ((least[id] as number) > (most[id] as number)) return false;
  }
  const root = kinds.length - 1;
  return (least[root] as number) <= 1 && (most[root] as number) >= 1;
}

/** The nodes of a tree as numbers, children before their parents: looked through thousands of times a second. */
export interface NodeTable {
  readonly kinds: Uint8Array;
  /** By node: where its parts begin in `parts`; and one entry more. Of a place: its own number. */
  readonly begins: Int32Array;
  readonly parts: Int32Array;
  readonly places: Int32Array;
  readonly min: Int32Array;
  readonly max: Int32Array;
}

const PLACE = 0;
const ALL = 1;
const CHOICE = 2;
const ANY_OF = 3;
const OPTIONAL = 4;
const REPEAT = 5;

const KINDS = {
  place: PLACE,
  sequence: ALL,
  parallel: ALL,
  'any-order': ALL,
  choice: CHOICE,
  'any-of': ANY_OF,
  optional: OPTIONAL,
  repeat: REPEAT,
} as const satisfies Record<OrderNode['kind'], number>;

export function tableOfNodes(nodes: readonly OrderNode[]): NodeTable {
  const parts = nodes.map((node) => partsOf(node).map(({ id }) => id));
  let begin = 0;
  const begins = parts.map(({ length }) => {
    begin += length;
    return begin - length;
  });
  return {
    kinds: Uint8Array.from(nodes, ({ kind }) => KINDS[kind]),
    begins: Int32Array.from([...begins, begin]),
    parts: Int32Array.from(parts.flat()),
    places: Int32Array.from(nodes, ({ first }) => first),
    min: Int32Array.from(nodes, (node) => (node.kind === 'repeat' ? node.min : 1)),
    max: Int32Array.from(nodes, (node) => (node.kind === 'repeat' ? node.max : 1)),
  };
}

interface Counting {
  readonly table: NodeTable;
  readonly counts: PlaceCounts;
  readonly times: Times;
}

function countTimes(id: number, counting: Counting): void {
  const { table, counts } = counting;
  const { least, most } = counting.times;
  const kind = table.kinds[id] as number;
  if (kind === PLACE) {
    const place = table.places[id] as number;
    least[id] = counts.least[place] as number;
    most[id] = counts.most[place] as number;
    return;
  }
  if (kind === REPEAT) {
    countRepeat(id, counting);
    return;
  }
  const end = table.begins[id + 1] as number;
  let greatest = 0;
  let smallest = UNBOUNDED;
  let sumOfLeast = 0;
  let sumOfMost = 0;
  for (let i = table.begins[id] as number; i < end; i++) {
    const part = table.parts[i] as number;
    const low = least[part] as number;
    const high = most[part] as number;
    if (low > greatest) greatest = low;
    if (high < smallest) smallest = high;
    sumOfLeast += low;
    sumOfMost += high;
  }
  least[id] = kind === CHOICE ? Math.min(sumOfLeast, UNBOUNDED) : greatest;
  most[id] = kind === ALL ? smallest : kind === OPTIONAL ? UNBOUNDED : Math.min(sumOfMost, UNBOUNDED);
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
function countRepeat(id: number, { table, times: { least, most } }: Counting): void {
  const begin = table.begins[id] as number;
  const child = table.parts[begin] as number;
  const between = begin + 1 < (table.begins[id + 1] as number) ? (table.parts[begin + 1] as number) : -1;
  const fewest = table.min[id] as number;
  const max = table.max[id] as number;
  const min = Math.max(fewest, 1);
  const fewestRounds = least[child] as number;
  const mostRounds = most[child] as number;
  let low = Math.ceil(fewestRounds / max);
  let high = Math.floor(mostRounds / min);
  let isUnused = fewestRounds === 0;
  if (between >= 0) {
    const [fewestGaps, mostGaps] = [least[between] as number, most[between] as number];
    low = Math.max(low, fewestRounds - mostGaps, runsFor(fewestGaps, max - 1));
    high = Math.min(high, mostRounds - fewestGaps, min === 1 ? UNBOUNDED : Math.floor(mostGaps / (min - 1)));
    isUnused &&= fewestGaps === 0;
  }
  const skips = fewest === 0;
  if (skips && !isUnused) low = Math.max(low, 1);
  const isPossible = low <= high || (skips && isUnused);
  least[id] = isPossible ? (skips && isUnused ? 0 : Math.max(low, 0)) : 1;
  most[id] = isPossible ? (skips ? UNBOUNDED : high) : 0;
}

/** The fewest runs that hold so many, at most so many in each. */
function runsFor(count: number, perRun: number): number {
  if (count === 0) return 0;
  return perRun === 0 ? Infinity : Math.ceil(count / perRun);
}
