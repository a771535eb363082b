import { type CompiledOrder, FLOATING } from './compiled-order.js';
import { UNBOUNDED } from './order-tree.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';
import type { PlaceCounts } from './times.js';

/** Where the occurrences of a request can stand. */
export interface Placing {
  /** By occurrence: its place; `FLOATING` where it can stand at several, `NOWHERE` where at none. */
  readonly places: Int32Array;
  readonly floating: number;
  readonly nowhere: number;
}

export const NOWHERE = -2;

export function emptyCounts(places: number): PlaceCounts {
  return { least: new Int32Array(places), most: new Int32Array(places) };
}

/** Gives each occurrence its place, and counts what can stand where. Places of what may still come can have more. */
export function placeOccurrences(
  order: CompiledOrder,
  { occurrences, mayStillCome }: RequestOrder,
  counts: PlaceCounts,
): Placing {
  const { least, most } = counts;
  const places = new Int32Array(occurrences.length);
  let floating = 0;
  let nowhere = 0;
  least.fill(0);
  most.fill(0);
  for (let i = 0; i < places.length; i++) {
    const { labels } = occurrences[i] as OrderedOccurrence;
    const place = placeOf(labels, order);
    places[i] = place;
    if (place >= 0) {
      least[place] = (least[place] as number) + 1;
      most[place] = (most[place] as number) + 1;
    } else if (place === NOWHERE) nowhere++;
    else {
      floating++;
      countFloating(labels, { order, counts });
    }
  }
  if (mayStillCome && mayStillCome.size > 0) openPlaces(mayStillCome, { order, counts });
  return { places, floating, nowhere };
}

function placeOf(labels: readonly string[], order: CompiledOrder): number {
  let found = NOWHERE;
  for (let i = 0; i < labels.length; i++) {
    const place = order.placeOfLabel.get(labels[i] as string);
    if (place === undefined) continue;
    if (found !== NOWHERE || place === FLOATING) return FLOATING;
    found = place;
  }
  return found;
}

interface Counting {
  readonly order: CompiledOrder;
  readonly counts: PlaceCounts;
}

function countFloating(labels: readonly string[], { order, counts }: Counting): void {
  for (const place of placesOf(labels, order)) counts.most[place] = (counts.most[place] as number) + 1;
}

function openPlaces(labels: Iterable<string>, { order, counts }: Counting): void {
  for (const place of placesOf(labels, order)) counts.most[place] = UNBOUNDED;
}

function placesOf(labels: Iterable<string>, { labelIds, placesOfLabel }: CompiledOrder): readonly number[] {
  return [...labels].flatMap((label) => placesOfLabel[labelIds.get(label) ?? -1] ?? []);
}
