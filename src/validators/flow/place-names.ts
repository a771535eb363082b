import type { FlowNode } from '../../model/index.js';
import type { Place } from '../conformance/index.js';
import type { MissingPart } from './missing-parts.js';
import { mapSteps } from './tree.js';

/** Names for the places of an order, so that two places of one step are two: the step, what the place is bound to, its number. */
export function placeName({ step, under = '', id }: Place): string {
  return `${step}\n${under}\n${id}`;
}

/** The order with each of its places a step of its own. */
export function withPlaces(order: FlowNode, places: readonly Place[]): FlowNode {
  let next = 0;
  return mapSteps(order, (step) => {
    const place = places[next++];
    return place ? { kind: 'step', step: placeName(place) } : step;
  });
}

/** The step that a place's name, or a label, begins with. */
export function plainStep(label: string): string {
  return label.split('\n')[0] ?? label;
}

/** What the place of a label is bound to. */
function anchorOf(label: string): string | undefined {
  return label.split('\n')[1] || undefined;
}

export function inPlainSteps(missing: MissingPart): MissingPart {
  const plain = <S extends { readonly step: string }>(seen: S): S => ({ ...seen, step: plainStep(seen.step) });
  const { after, part } = missing;
  return {
    ...plain(missing),
    under: anchorOf(missing.step),
    after: after && plain(after),
    beside: missing.beside.map(plain),
    later: missing.later.map(plainStep),
    or: missing.or.map(plainStep),
    part: part && { ...part, steps: part.steps.map(plainStep) },
  };
}
