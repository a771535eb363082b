import { type BitRows, countCommon, countRange, setBit } from './bits.js';
import type { CompiledOrder } from './compiled-order.js';
import type { FactLists } from './fact-lists.js';
import type { StrengthCounts } from './strength.js';

/** A walk that fired every point of a request of the exact class. Occurrences go by their ranks, but where it is said. */
export interface FinishedWalk {
  readonly order: CompiledOrder;
  readonly lists: FactLists;
  readonly nodes: number;
  readonly words: number;
  readonly count: number;
  /** The nodes in the order in which they were fired. */
  readonly fired: Int32Array;
  /** By rank: the start. */
  readonly startOf: (rank: number) => number;
  /** The ranks in the order in which they started. */
  readonly startedAt: (i: number) => number;
  readonly placeOf: (rank: number) => number;
  /** By place: the rank of its first occurrence. */
  readonly offsets: Int32Array;
  /** By rank: its ancestors, where it has any. */
  readonly ancestors: Int32Array;
  /** Room for a row of bits for each node; grows with the largest request. */
  readonly room: Room;
}

/** Memory that is used again. */
export interface Room {
  ended: Int32Array;
  started: Int32Array;
}

/**
 * Counts the pairs that the run requires an order of, and those whose order is certain: one ended before the other started, or is its ancestor, or, where the flow
 * asks for no more, started before it. In the exact class what the run requires does not depend on it, but for the order of serial rounds.
 */
export function provenPairs(walk: FinishedWalk): StrengthCounts {
  const { order, count, words, room } = walk;
  const { begins, byStart } = order.earlierTable;
  room.ended = passedBefore(walk, room.ended, 1);
  const ended: BitRows = { words, bits: room.ended };
  if (order.asksStarts) room.started = passedBefore(walk, room.started, 0);
  const started: BitRows = { words, bits: room.started };
  let [required, proven] = [0, 0];
  for (let rank = 0; rank < count; rank++) {
    const start = walk.startOf(rank);
    const place = walk.placeOf(rank);
    addAncestors(walk, rank, start);
    for (let range = begins[place] as number; range < (begins[place + 1] as number); range++) {
      const ranks = ranksIn(walk, range);
      required += ranks.to - ranks.from;
      proven += countRange(byStart[range] === 1 ? started : ended, start, ranks);
    }
  }
  const rounds = order.serialGroups > 0 ? provenRounds(walk, ended) : NONE;
  return { required: required + rounds.required, proven: proven + rounds.proven };
}

const NONE: StrengthCounts = { required: 0, proven: 0 };

function ranksIn({ order, offsets }: FinishedWalk, range: number): { readonly from: number; readonly to: number } {
  const { first, after } = order.earlierTable;
  return { from: offsets[first[range] as number] as number, to: offsets[after[range] as number] as number };
}

/** By node: the occurrences whose ends (or starts) certainly come before it. */
function passedBefore({ lists, nodes, words, fired }: FinishedWalk, room: Int32Array, parity: 0 | 1): Int32Array {
  const bits = room.length < nodes * words ? new Int32Array(2 * nodes * words) : room.fill(0, 0, nodes * words);
  const { firstArrow, nextArrow, arrowTo, pointAt } = lists;
  for (let i = 0; i < nodes; i++) {
    const node = fired[i] as number;
    const point = pointAt[node] as number;
    const own = point >= 0 && (point & 1) === parity ? point >>> 1 : -1;
    for (let arrow = firstArrow[node] as number; arrow >= 0; arrow = nextArrow[arrow] as number) {
      const row = (arrowTo[arrow] as number) * words;
      for (let w = 0; w < words; w++) bits[row + w] = (bits[row + w] as number) | (bits[node * words + w] as number);
      if (own >= 0) bits[row + (own >>> 5)] = (bits[row + (own >>> 5)] as number) | (1 << (own & 31));
    }
  }
  return bits;
}

/** For an ancestor, nobody asks when it ends. */
function addAncestors({ lists, words, ancestors, room }: FinishedWalk, rank: number, start: number): void {
  if ((lists.firstCause[rank] as number) < 0) return;
  for (let w = 0; w < words; w++) {
    room.ended[start * words + w] = (room.ended[start * words + w] as number) | (ancestors[rank * words + w] as number);
  }
}

/** Rounds that follow one another: each has to end before every later one starts. */
function provenRounds(walk: FinishedWalk, ended: BitRows): StrengthCounts {
  const { order, count, words } = walk;
  const earlier: BitRows = { words, bits: new Int32Array(order.serialGroups * words) };
  const rounds = new Int32Array(order.serialGroups);
  let [required, proven] = [0, 0];
  for (let i = 0; i < count; i++) {
    const rank = walk.startedAt(i);
    const group = order.serialGroup[walk.placeOf(rank)] as number;
    if (group < 0) continue;
    required += rounds[group] as number;
    proven += countCommon(earlier, group, ended, walk.startOf(rank));
    rounds[group] = (rounds[group] as number) + 1;
    setBit(earlier, group, rank);
  }
  return { required, proven };
}
