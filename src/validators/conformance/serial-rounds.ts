import { addRow, type BitRows, columnsOf, copyRows, countBits, hasBit, isWithin, setBit } from './bits.js';
import { type ClosedFacts, closeFacts } from './closed-facts.js';
import type { CompiledOrder } from './compiled-order.js';
import type { RequestOrder } from './request-order.js';

/** Two rounds of one serial group, neither of which is the other's ancestor: one must end before the other starts. */
type Pair = readonly [number, number];

/** What is known of the order of starts: what is certain, what the flow requires, and what follows for the rounds. */
interface Orders {
  readonly beforeStart: BitRows;
  readonly beforeEnd: BitRows;
  readonly open: readonly Pair[];
}

/** Of more occurrences than this the order of all is not worked out. */
const MOST_OCCURRENCES = 2_048;

/** Words of bits that are joined before giving up: a fraction of a second. */
const MOST_WORDS = 400_000_000;

interface Task extends RoundsProblem {
  readonly facts: ClosedFacts;
  readonly effort: { left: number };
}

export type RoundsInOrder =
  | { readonly kind: 'possible'; readonly started: readonly number[]; readonly states: number }
  | { readonly kind: 'impossible' | 'tooAmbiguous'; readonly states: number };

export interface RoundsProblem {
  readonly order: CompiledOrder;
  readonly request: RequestOrder;
  readonly places: Int32Array;
  /** Every occurrence, in an order of starts that facts and sequences allow. */
  readonly started: Iterable<number>;
  readonly budget: number;
}

/**
 * Lets the rounds of the serial groups of an exact tree follow one another.
 *
 * ```
 *   i certainly starts before j ends   ⇒   j before i cannot be   ⇒   i before j
 * ```
 *
 * is applied until nothing new follows. With one group that is all there is to do; with several, what is left open is tried both ways.
 */
export function orderRounds(problem: RoundsProblem): RoundsInOrder {
  const count = problem.request.occurrences.length;
  if (count > MOST_OCCURRENCES) return { kind: 'tooAmbiguous', states: 0 };
  const facts = closeFacts(problem.request);
  const task: Task = { ...problem, facts, effort: { left: MOST_WORDS } };
  const first = propagate(requireSequences(task), task);
  const stack = first ? [first] : [];
  let states = 0;
  for (let orders = stack.pop(); orders; orders = stack.pop()) {
    if (++states > problem.budget || task.effort.left <= 0) return { kind: 'tooAmbiguous', states };
    const [pair, ...rest] = orders.open;
    if (!pair) return { kind: 'possible', started: sortByStart(orders.beforeStart, count), states };
    for (const [a, b] of [[pair[1], pair[0]] as const, pair]) {
      const next = { beforeStart: copyRows(orders.beforeStart), beforeEnd: copyRows(orders.beforeEnd), open: rest };
      follow(next, { a, b, task });
      const settled = propagate(next, task);
      if (settled) stack.push(settled);
    }
  }
  return { kind: 'impossible', states };
}

/** The order of starts with what the sequences ask for, which is known to be possible. */
function requireSequences({ order, request, facts, places, started }: Task): Orders {
  const beforeStart = copyRows(facts.beforeStart);
  const beforeEnd = copyRows(facts.beforeEnd);
  const standing: number[][] = order.places.map(() => []);
  for (const b of started) {
    for (const k of columnsOf(facts.beforeStart, b)) addRow(beforeStart, b, beforeStart, k);
    const place = places[b] as number;
    for (const { first, after, by } of order.earlier[place] ?? []) {
      for (const a of standing.slice(first, after).flat()) {
        const needsEnd = by === 'end' && request.occurrences[b]?.tied === true && !hasBit(facts.ancestors, b, a);
        if (needsEnd) closeEnd({ beforeStart, beforeEnd }, a, facts);
        if (needsEnd) addRow(beforeStart, b, beforeEnd, a);
        else addStart({ to: beforeStart, row: b }, beforeStart, a);
      }
    }
    standing[place]?.push(b);
  }
  for (let i = 0; i < facts.count; i++) closeEnd({ beforeStart, beforeEnd }, i, facts);
  return { beforeStart, beforeEnd, open: openPairs(standing, { order, facts }) };
}

function openPairs(
  standing: readonly (readonly number[])[],
  { order, facts }: { readonly order: CompiledOrder; readonly facts: ClosedFacts },
): readonly Pair[] {
  const groups: number[][] = Array.from({ length: order.serialGroups }, () => []);
  standing.forEach((occurrences, place) => void groups[order.serialGroup[place] as number]?.push(...occurrences));
  const isFree = ([a, b]: Pair): boolean => !hasBit(facts.ancestors, a, b) && !hasBit(facts.ancestors, b, a);
  return groups.flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).flatMap((b): readonly Pair[] => (isFree([a, b]) ? [[a, b]] : []))),
  );
}

/** Decides the pairs of which only one order is left, until there are none; undefined if a pair has no order left. */
function propagate(orders: Orders, task: Task): Orders | undefined {
  let { open } = orders;
  for (;;) {
    const undecided: Pair[] = [];
    for (const [a, b] of open) {
      const forward = canPrecede(orders, { a, b, task });
      const backward = canPrecede(orders, { a: b, b: a, task });
      if (!forward && !backward) return undefined;
      if (forward && backward) undecided.push([a, b]);
      else follow(orders, forward ? { a, b, task } : { a: b, b: a, task });
    }
    if (undecided.length === open.length) return { ...orders, open };
    open = undecided;
  }
}

interface Step {
  readonly a: number;
  readonly b: number;
  readonly task: Task;
}

/** Before b starts, a must have ended; or only started, where it may be an ancestor that is not known yet. */
function mustEnd({ b, task }: Step): boolean {
  return task.request.occurrences[b]?.tied === true;
}

function canPrecede({ beforeStart, beforeEnd }: Orders, step: Step): boolean {
  return !hasBit(mustEnd(step) ? beforeEnd : beforeStart, step.a, step.b);
}

/** Puts a before b, and closes the order again. */
function follow({ beforeStart, beforeEnd }: Orders, step: Step): void {
  const { a, b, task } = step;
  if (mustEnd(step) && isWithin(beforeEnd, a, beforeStart, b)) return;
  const put = (rows: BitRows, row: number): void => {
    if (mustEnd(step)) addRow(rows, row, beforeEnd, a);
    else addStart({ to: rows, row }, beforeStart, a);
  };
  put(beforeStart, b);
  task.effort.left -= task.facts.count * beforeStart.words;
  for (let x = 0; x < task.facts.count; x++) {
    if (hasBit(beforeStart, x, b)) put(beforeStart, x);
    if (hasBit(beforeEnd, x, b)) put(beforeEnd, x);
  }
}

function addStart(
  { to, row }: { readonly to: BitRows; readonly row: number },
  beforeStart: BitRows,
  start: number,
): void {
  addRow(to, row, beforeStart, start);
  setBit(to, row, start);
}

/** What comes before the starts that come before a's end comes before it too. */
function closeEnd(
  { beforeStart, beforeEnd }: Pick<Orders, 'beforeStart' | 'beforeEnd'>,
  a: number,
  facts: ClosedFacts,
): void {
  for (const k of columnsOf(facts.beforeEnd, a)) addRow(beforeEnd, a, beforeStart, k);
}

/** What comes before a start has fewer starts before it. */
function sortByStart(beforeStart: BitRows, count: number): readonly number[] {
  const earlier = Array.from({ length: count }, (_, i) => countBits(beforeStart, i));
  return earlier.map((_, i) => i).sort((i, j) => (earlier[i] as number) - (earlier[j] as number));
}
