import type { Insertion, RepeatNode } from '../conformance/index.js';
import { repeatsAround } from './repeats-around.js';
import type { EditedOrder } from './seen-rounds.js';

/** A repeat that went round too seldom. */
export interface LackingRounds {
  readonly repeat: RepeatNode;
  /** How many rounds there were. */
  readonly begun: number;
  /** The occurrences in these. */
  readonly seen: readonly number[];
  /** What was added for the others, the first of them first. */
  readonly inserted: readonly Insertion[];
  /** A round is of more than one step. */
  readonly isOfSeveral: boolean;
}

/** Of what was added, that of which there was nothing in its round: the repeats that lack those rounds. The rest is missing from rounds that there were. */
export function lackingRounds(
  edited: EditedOrder,
  inserted: readonly Insertion[],
): { readonly lacking: readonly LackingRounds[]; readonly rest: readonly Insertion[] } {
  const groups = new Map<string, { readonly home: Home; readonly inserted: Insertion[] }>();
  const seen = seenIn(edited, inserted);
  const rest: Insertion[] = [];
  for (const each of inserted) {
    const home = homeOf(each, { edited, seen });
    const key = home && `${home.repeat.id} ${home.around.join('.')}`;
    const group = key === undefined ? undefined : groups.get(key);
    if (group) group.inserted.push(each);
    else if (home && key !== undefined) groups.set(key, { home, inserted: [each] });
    else rest.push(each);
  }
  const lacking = [...groups.values()].map(({ home: { repeat, begun, seen: here }, inserted: added }) => ({
    repeat,
    begun,
    seen: here,
    inserted: added,
    isOfSeveral: !isOfOne(repeat),
  }));
  return { lacking, rest };
}

/** The repeat of which an occurrence that was added begins a round, or is between such rounds. */
interface Home {
  readonly repeat: RepeatNode;
  /** The rounds of the repeats around it. */
  readonly around: readonly number[];
  readonly begun: number;
  readonly seen: readonly number[];
}

/** An occurrence that there was, if at another time: its place, and its rounds. */
interface Seen {
  readonly occurrence: number;
  readonly place: number;
  readonly rounds: readonly number[];
}

function seenIn({ edits: { run } }: EditedOrder, inserted: readonly Insertion[]): readonly Seen[] {
  const added = new Set(inserted.map(({ occurrence }) => occurrence));
  return run.places.flatMap((place, i) =>
    place === undefined || added.has(i) ? [] : [{ occurrence: i, place, rounds: run.rounds[i] ?? [] }],
  );
}

function homeOf(
  { occurrence, place }: Insertion,
  { edited, seen }: { readonly edited: EditedOrder; readonly seen: readonly Seen[] },
): Home | undefined {
  const rounds = edited.edits.run.rounds[occurrence] ?? [];
  for (const [depth, repeat] of repeatsAround(place, edited.checker).entries()) {
    const around = rounds.slice(0, depth);
    const here = seen.filter(
      (each) => isUnder(each.place, repeat.child) && around.every((round, i) => each.rounds[i] === round),
    );
    const home = { repeat, around, seen: here.map((each) => each.occurrence) };
    if (isOfOne(repeat)) return here.length < repeat.min ? { ...home, begun: here.length } : undefined;
    const begun = new Set(here.map((each) => each.rounds[depth]));
    // What is between two rounds is counted with the one before.
    const own = (rounds[depth] ?? 0) + (isUnder(place, repeat.child) ? 0 : 1);
    if (!begun.has(own)) return begun.size < repeat.min ? { ...home, begun: begun.size } : undefined;
  }
  return undefined;
}

function isUnder(place: number, { first, after }: { readonly first: number; readonly after: number }): boolean {
  return first <= place && place < after;
}

function isOfOne({ child, between }: RepeatNode): boolean {
  return child.kind === 'place' && between === undefined;
}
