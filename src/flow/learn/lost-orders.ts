import { type LearntNode, stepsIn } from './learnt-node.js';
import { relationsOf } from './relations.js';
import { type Log, labelOf, labelsOf } from './seen-request.js';

/** An order of two steps that was seen each time, and that the tree cannot say. */
export interface LostOrder {
  readonly first: string;
  readonly second: string;
  /** Whether the second never comes without the first. */
  readonly needed: boolean;
  /** Requests that have both. */
  readonly seenIn: number;
}

/** So often at least two steps must have come together for their order to be more than luck. */
const TELLING_MEETINGS = 3;

/**
 * Orders that every part of a log certainly shows and its tree does not ask for: trees cannot say all that a partial order can.
 *
 * ```
 *   a ──▶ c        a before c and d, b before d: no tree says just this
 *     ╲
 *   b ──▶ d
 * ```
 *
 * What follows from two others is left out.
 */
export function lostOrders(log: Log, order: LearntNode): readonly LostOrder[] {
  const labels = labelsOf(log);
  const relation = relationsOf(log, log.length);
  const parts = log.map((part) => new Set(part.members.map((member) => labelOf(part, member))));
  const asked = askedBy(order);
  const isBefore = (a: string, b: string): boolean => a !== b && relation(a, b) === 'before';
  return labels.flatMap((first) =>
    labels.flatMap((second): readonly LostOrder[] => {
      if (!isBefore(first, second) || asked.has(`${first} ${second}`)) return [];
      const both = parts.filter((part) => part.has(first) && part.has(second));
      const follows = labels.some(
        (via) => isBefore(first, via) && isBefore(via, second) && both.every((part) => part.has(via)),
      );
      if (follows || both.length < TELLING_MEETINGS) return [];
      const needed = parts.every((part) => part.has(first) || !part.has(second));
      return [{ first, second, needed, seenIn: both.length }];
    }),
  );
}

/** Pairs of steps that the sequences of a tree put one before the other. */
function askedBy(node: LearntNode): ReadonlySet<string> {
  const asked = new Set<string>();
  const walk = (each: LearntNode): void => {
    if (each.kind === 'step') return;
    const parts =
      'children' in each ? each.children : [each.child, ...('between' in each && each.between ? [each.between] : [])];
    parts.forEach(walk);
    if (each.kind !== 'sequence') return;
    parts.forEach((earlier, i) => {
      for (const later of parts.slice(i + 1)) {
        for (const a of stepsIn(earlier)) for (const b of stepsIn(later)) asked.add(`${a} ${b}`);
      }
    });
  };
  walk(node);
  return asked;
}
