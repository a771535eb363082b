import { groupBy } from '../../lib/group-by.js';
import { boundsOfNodes, type OrderChecker, type RepeatNode, UNBOUNDED } from '../conformance/index.js';
import type { FlowCounts } from './checked-request.js';
import { type Edited, type Labelled, labelledIn } from './edited.js';
import type { LackingRounds } from './lacking-rounds.js';
import { repeatsAround } from './repeats-around.js';

/** A step that is counted wrong. */
export interface Counted {
  readonly step: string;
  readonly under?: string | undefined;
  readonly min: number;
  readonly max: number | null;
  readonly observed: number;
  /** The nearest repeat around it. */
  readonly repeat: number | undefined;
  readonly isBetween?: boolean;
  /** Rounds were counted, not occurrences. */
  readonly of?: 'rounds';
  /** The occurrences in the one round of another repeat that was counted; undefined: the request was. */
  readonly inRound?: readonly number[] | undefined;
}

/** How often a step happened and may happen; undefined where the number alone is no reproach. With an occurrence: in its round. */
export function countOf(
  labelled: Labelled,
  { edited, occurrence }: { readonly edited: Edited; readonly occurrence: number },
): Counted | undefined {
  const { label, step, under } = labelled;
  const { checker, scope } = edited;
  const places = checker.order.places.filter((place) => place.label === label);
  const repeats = places.map(({ id }) => repeatsAround(id, checker).at(-1));
  const [repeat] = repeats;
  const isOne = repeats.every((each) => each === repeat);
  const isDirect = repeat?.child.kind === 'place' && repeat.child.place.id === places[0]?.id && places.length === 1;
  if (isDirect && repeatsAround(repeat.first, checker).length > 1)
    return countInRound(labelled, { repeat, edited, occurrence });
  const ofStep = scope.occurrences.filter((each) => each.step === step);
  const observed = ofStep.filter((each) => labelledIn(each, edited).label === label).length;
  const { min, max } = isDirect ? repeat : boundsOf(label, checker);
  if (observed >= min && observed <= max) return undefined;
  const between = repeat?.between;
  const isBetween =
    isOne && between !== undefined && places.every(({ id }) => between.first <= id && id < between.after);
  return { step, under, min, max: bound(max), observed, repeat: isOne ? repeat?.id : undefined, isBetween };
}

/** Too many of a step that is repeated by itself in each round of another repeat: what is too many is of the round that was full before it. */
function countInRound(
  labelled: Labelled,
  { repeat, edited, occurrence }: { readonly repeat: RepeatNode; readonly edited: Edited; readonly occurrence: number },
): Counted | undefined {
  const { run, inserted, deleted } = edited.edits;
  const added = new Set(inserted.map((each) => each.occurrence));
  const kept = run.places.flatMap((place, i) => (place === repeat.first && !added.has(i) ? [i] : []));
  const full = [...groupBy(kept, (i) => run.rounds[i]?.slice(0, -1).join('.') ?? '').values()].filter(
    ({ length }) => length >= repeat.max,
  );
  const roundOf = (other: number): readonly number[] | undefined =>
    full.findLast(([first = 0]) => first < other) ?? full[0];
  const round = roundOf(occurrence);
  if (!round) return undefined;
  const more = deleted.flatMap(({ occurrence: other, movedTo }) => {
    const left = edited.scope.occurrences[other];
    const isOfRound = left && movedTo === undefined && labelledIn(left, edited).label === labelled.label;
    return isOfRound && roundOf(other) === round ? [other] : [];
  });
  const inRound = [...round, ...more];
  return { ...countedBy(repeat), step: labelled.step, under: labelled.under, observed: inRound.length, inRound };
}

/** A repeat that went round too seldom, by its step, or by its rounds. */
export function countOfRounds(lacking: LackingRounds, { checker }: Edited): readonly Counted[] {
  const { repeat, begun, inserted, isOfSeveral, seen } = lacking;
  const places = [...new Set(inserted.map(({ place }) => place))].filter(
    (place) => repeat.child.first <= place && place < repeat.child.after,
  );
  const inRound = repeatsAround(repeat.first, checker).length > 1 ? seen : undefined;
  return places.flatMap((place): readonly Counted[] => {
    const at = checker.order.places[place];
    if (!at) return [];
    const counted = { ...countedBy(repeat), step: at.step, under: at.under, observed: begun, inRound };
    return [isOfSeveral ? { ...counted, of: 'rounds' } : counted];
  });
}

function countedBy({ id, min, max }: RepeatNode): Pick<Counted, 'min' | 'max' | 'repeat'> {
  return { min, max: bound(max), repeat: id };
}

function bound(max: number): number | null {
  return max >= UNBOUNDED ? null : max;
}

/** How often the whole order wants and takes what has a label. */
function boundsOf(label: string, { order }: OrderChecker): { readonly min: number; readonly max: number } {
  const bounds = boundsOfNodes(order).at(-1);
  const place = order.places.find((each) => each.label === label);
  const at = place && bounds ? bounds.labels.indexOf(order.labelOfPlace[place.id] ?? -1) : -1;
  return { min: bounds?.least[at] ?? 0, max: bounds?.most[at] ?? 0 };
}

/** Steps of the same rounds that are counted wrong alike are one; with too many rounds there is also too much between them. */
export function byRounds(counted: readonly Counted[], { scope }: Edited): FlowCounts['counts'] {
  const rounds = new Set(counted.flatMap(({ repeat, isBetween }) => (isBetween ? [] : [repeat])));
  const told = counted.filter(({ repeat, isBetween }) => !isBetween || !rounds.has(repeat));
  const alike = groupBy(told, ({ repeat, step, ...numbers }) => JSON.stringify([repeat ?? step, numbers]));
  return [...alike.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (!first) return [];
    const { step, under, min, max, observed, of, inRound } = first;
    const spanIds = inRound?.flatMap((i) => scope.occurrences[i]?.spanId ?? []);
    return [
      {
        step,
        min,
        max,
        observed,
        ...(under !== undefined && { under }),
        ...(others.length > 0 && { also: others.map((each) => each.step) }),
        ...(of && { of }),
        ...(spanIds && { inRound: spanIds }),
      },
    ];
  });
}
