import type { CompiledOrder } from './compiled-order.js';
import { UNBOUNDED } from './order-tree.js';
import type { RequestOrder } from './request-order.js';
import type { PlaceCounts } from './times.js';

/** Where the occurrences of a request can stand. */
export interface Placing {
  /** By occurrence: its place; `FLOATING` where it can stand at several, `NOWHERE` where at none. */
  readonly places: Int32Array;
  readonly floating: number;
  readonly nowhere: number;
  readonly counts: PlaceCounts;
}

export const FLOATING = -1;
export const NOWHERE = -2;

/** Gives each occurrence its place, and counts what can stand where. Places of what may still come can have more. */
export function placeOccurrences(order: CompiledOrder, { occurrences, mayStillCome }: RequestOrder): Placing {
  const places = new Int32Array(occurrences.length);
  const size = order.places.length;
  const counts = { least: new Int32Array(size), most: new Int32Array(size) };
  let floating = 0;
  let nowhere = 0;
  for (let i = 0; i < places.length; i++) {
    const labels = (occurrences[i] as RequestOrder['occurrences'][number]).labels;
    const place = placeOf(labels, order);
    places[i] = place;
    if (place >= 0) {
      counts.least[place] = (counts.least[place] as number) + 1;
      counts.most[place] = (counts.most[place] as number) + 1;
    } else if (place === NOWHERE) nowhere++;
    else {
      floating++;
      countFloating(labels, { order, counts });
    }
  }
  if (mayStillCome && mayStillCome.size > 0) openPlaces(mayStillCome, { order, counts });
  return { places, floating, nowhere, counts };
}

function placeOf(labels: readonly string[], order: CompiledOrder): number {
  let found = NOWHERE;
  for (const label of labels) {
    const id = order.labelIds.get(label);
    if (id === undefined) continue;
    const places = order.placesOfLabel[id] as readonly number[];
    if (found !== NOWHERE || places.length > 1) return FLOATING;
    found = places[0] as number;
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
