import { type ArrowLists, listArrows, turnedRound } from './arrows.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';
import type { Cycle, RequiredPair } from './shortest-cycle.js';

/** What a walk that stands still knows. */
export interface StandStill {
  readonly request: RequestOrder;
  readonly hasFired: (node: number) => boolean;
  /** Why the start of an occurrence is held up though the facts allow it: what must come before it, and has not. */
  readonly obstacleTo: (occurrence: number) => RequiredPair | undefined;
}

/**
 * Some cycle in what holds up a walk: an obstacle waits, by the facts, for a start that is held up itself, and so on until one comes round again. Not a
 * shortest one, but found in time that follows the arrows.
 */
export function obstacleCycle(still: StandStill): Cycle | undefined {
  const { request } = still;
  const byStart = new Map(request.occurrences.map(({ start }, i) => [start, i] as const));
  const back = turnedRound(listArrows(request));
  const heldUp = request.occurrences.findIndex((_, i) => still.obstacleTo(i) !== undefined);
  const chain: RequiredPair[] = [];
  const at = new Map<number, number>();
  let occurrence: number | undefined = heldUp;
  while (occurrence !== undefined && !at.has(occurrence)) {
    const pair = still.obstacleTo(occurrence);
    if (!pair) return undefined;
    at.set(occurrence, chain.length);
    chain.push(pair);
    occurrence = heldUpBefore(pair, { ...still, byStart, back });
  }
  return occurrence === undefined ? undefined : chain.slice(at.get(occurrence)).reverse();
}

function heldUpBefore(
  { before, demand }: RequiredPair,
  {
    request,
    hasFired,
    obstacleTo,
    byStart,
    back,
  }: StandStill & { readonly byStart: ReadonlyMap<number, number>; readonly back: ArrowLists },
): number | undefined {
  const { start, end } = request.occurrences[before] as OrderedOccurrence;
  const stack = [demand === 'end' ? (end ?? start) : start];
  const seen = new Set(stack);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const occurrence = byStart.get(node);
    if (occurrence !== undefined && obstacleTo(occurrence)) return occurrence;
    for (let arrow = back.first[node] as number; arrow >= 0; arrow = back.next[arrow] as number) {
      const earlier = back.to[arrow] as number;
      if (seen.has(earlier) || hasFired(earlier)) continue;
      seen.add(earlier);
      stack.push(earlier);
    }
  }
  return undefined;
}
