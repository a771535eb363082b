import { type ArrowLists, listArrows } from './arrows.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';

/** More pairs than this are not looked at. */
const MOST_PAIRS = 64;

/** The first of the pairs that certainly overlap: each started before the other ended, or before it started. */
export function overlappingPair(
  request: RequestOrder,
  pairs: readonly (readonly [number, number])[],
): readonly [number, number] | undefined {
  if (pairs.length === 0) return undefined;
  const arrows = listArrows(request);
  return pairs
    .slice(0, MOST_PAIRS)
    .find(([a, b]) => cannotPrecede(a, b, { request, arrows }) && cannotPrecede(b, a, { request, arrows }));
}

/** True if the second certainly starts before the first is over; or before it starts, where the second's ancestors are not all known. */
function cannotPrecede(
  first: number,
  second: number,
  { request, arrows }: { readonly request: RequestOrder; readonly arrows: ArrowLists },
): boolean {
  const { start, end } = request.occurrences[first] as OrderedOccurrence;
  const { start: other, tied } = request.occurrences[second] as OrderedOccurrence;
  return leadsTo(other, tied ? (end ?? start) : start, arrows);
}

function leadsTo(from: number, to: number, { nodes, first, next, to: heads }: ArrowLists): boolean {
  const isSeen = new Uint8Array(nodes);
  const stack = [from];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === to) return true;
    for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
      const head = heads[arrow] as number;
      if (isSeen[head] === 1) continue;
      isSeen[head] = 1;
      stack.push(head);
    }
  }
  return false;
}
