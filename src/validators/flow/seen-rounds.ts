import type { FlowNode } from '../../model/index.js';
import {
  boundsOfNodes,
  compileOrder,
  type LeastEdits,
  type OrderChecker,
  type RequestOrder,
} from '../conformance/index.js';
import { checkerOf } from './request-order.js';
import { mapParts, stepsUnder } from './tree.js';

/** The edits that make a request conform to an order. */
export interface EditedOrder {
  readonly order: FlowNode;
  readonly checker: OrderChecker;
  readonly edits: LeastEdits;
}

/**
 * Edits that keep to as many rounds as the request has steps for, if they are as few: where the counts fit and only the order is wrong, that is what there is to tell.
 *
 * ```
 *   flow   repeat: [a → b]
 *   seen   a b b a            the second b came before its a, rather than: an a and a b are missing, in three rounds
 * ```
 */
export function inSeenRounds(least: EditedOrder, asked: RequestOrder): EditedOrder {
  if (missedBy(least) === 0) return least;
  const order = seenRounds(least.order, countsOf(asked));
  if (!order) return least;
  const checker = checkerOf(order);
  const edits = checker.leastEdits(asked);
  const same: EditedOrder = { order, checker, edits };
  return edits.cost <= least.edits.cost && missedBy(same) === 0 && hasRoomForAll(same) ? same : least;
}

/** Occurrences to add that stand for none that is there. */
function missedBy({ edits: { inserted, deleted } }: EditedOrder): number {
  return inserted.length - deleted.filter(({ movedTo }) => movedTo !== undefined).length;
}

function hasRoomForAll({ edits: { deleted } }: EditedOrder): boolean {
  return deleted.every(({ cycle }) => cycle !== undefined);
}

function countsOf({ occurrences }: RequestOrder): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of occurrences) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** The order with each outermost repeat of several steps held to the rounds that its steps are enough for; undefined if there is none. */
function seenRounds(order: FlowNode, counts: ReadonlyMap<string, number>): FlowNode | undefined {
  const everywhere = stepsUnder(order);
  let isHeld = false;
  const hold = (node: FlowNode): FlowNode => {
    if (node.kind !== 'repeat') return mapParts(node, hold);
    const inside = stepsUnder(node);
    const isElsewhere = inside.some((step) => countIn(everywhere, step) > countIn(inside, step));
    const rounds = inside.length < 2 || isElsewhere ? undefined : roundsFor(node, counts);
    if (rounds === undefined) return node;
    isHeld = true;
    return { ...node, min: rounds, max: rounds };
  };
  const held = hold(order);
  return isHeld ? held : undefined;
}

function countIn(steps: readonly string[], step: string): number {
  return steps.filter((each) => each === step).length;
}

/** How many rounds take exactly what was seen; undefined where no number does, or there was nothing. */
function roundsFor(
  { child, between, min, max }: FlowNode & { readonly kind: 'repeat' },
  counts: ReadonlyMap<string, number>,
): number | undefined {
  const [round, gap] = [rangesOf(child), between ? rangesOf(between) : NOTHING];
  const labels = [...round.keys(), ...gap.keys()];
  const seen = Math.max(...labels.map((label) => counts.get(label) ?? 0));
  const fits = (rounds: number): boolean =>
    labels.every((label) => {
      const count = counts.get(label) ?? 0;
      const [a, b] = [round.get(label) ?? NONE, gap.get(label) ?? NONE];
      return a.least * rounds + b.least * (rounds - 1) <= count && count <= a.most * rounds + b.most * (rounds - 1);
    });
  for (let rounds = Math.max(1, min); rounds <= Math.min(max ?? Infinity, seen); rounds++)
    if (fits(rounds)) return rounds;
  return undefined;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

const NONE: Range = { least: 0, most: 0 };
const NOTHING: ReadonlyMap<string, Range> = new Map();

/** How often one run of a part has each label. */
function rangesOf(node: FlowNode): ReadonlyMap<string, Range> {
  const order = compileOrder(node);
  const bounds = boundsOfNodes(order).at(-1);
  return new Map(
    bounds?.labels.map((label, i) => [
      order.labels[label] ?? '',
      { least: bounds.least[i] ?? 0, most: bounds.most[i] ?? 0 },
    ]),
  );
}
