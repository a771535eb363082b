import { type ClosedFacts, closeFacts } from './closed-facts.js';
import type { CompiledOrder } from './compiled-order.js';
import { completeRun } from './complete-run.js';
import { costsOf } from './leaf-costs.js';
import { putBack } from './put-back.js';
import type { RequestOrder } from './request-order.js';
import { membershipsOf } from './required-pairs.js';
import { describeRun, type RequiredOrder, type Run } from './run.js';
import type { RunNode } from './run-node.js';
import { type Cycle, cycleThrough } from './shortest-cycle.js';
import { standIn } from './stand-in.js';

/** The fewest occurrences to take out and to add that make a request conform. */
export interface LeastEdits {
  /** Each deletion and each insertion counts one. */
  readonly cost: number;
  /** False if the effort ran out before it was certain that no fewer edits will do. */
  readonly isLeast: boolean;
  readonly deleted: readonly Deletion[];
  readonly inserted: readonly Insertion[];
  /** The run after the edits. An inserted occurrence has the numbers from the request's own on. */
  readonly run: Run;
}

export interface Deletion {
  readonly occurrence: number;
  /** `order`: its count would fit, but not the time it came at. */
  readonly because: 'count' | 'order';
  /** The inserted occurrence, by its number, that stands for it at the time it should have come. */
  readonly movedTo: number | undefined;
  /** Why it cannot stay, where order is the reason and one was found. */
  readonly cycle: readonly CycleEdge[] | undefined;
}

export interface Insertion {
  readonly occurrence: number;
  readonly place: number;
  /** The last of the occurrences that the run requires before it. */
  readonly after: number | undefined;
}

/** From one point to the next on a cycle: by what is certain, or because the flow requires it. */
export interface CycleEdge {
  readonly from: CyclePoint;
  readonly to: CyclePoint;
  readonly because: 'certain' | 'flow';
}

export interface CyclePoint {
  readonly occurrence: number;
  readonly point: 'start' | 'end';
}

/** A run of the occurrences that are kept, before anything is added to it. */
export interface KeptRun {
  readonly run: RunNode | undefined;
  /** The kept occurrences, in an order of starts that the facts and the run allow. */
  readonly started: readonly number[];
  readonly isLeast: boolean;
}

/** For more deletions than this no cycle is looked for. */
const MOST_CYCLES = 50;

/** Adds to a run what it lacks, and says of each edit what there is to say. */
export function describeEdits(order: CompiledOrder, request: RequestOrder, kept: KeptRun): LeastEdits {
  const count = request.occurrences.length;
  const isOpen = (place: number): boolean => request.mayStillCome?.has(order.places[place]?.label ?? '') === true;
  let next = count;
  const isKept = new Set(kept.started);
  const left = request.occurrences.flatMap((_, i) => (isKept.has(i) ? [] : [i]));
  const labelsLeft = new Set(left.flatMap((i) => request.occurrences[i]?.labels ?? []));
  const isLeft = (place: number): boolean => isOpen(place) || labelsLeft.has(order.places[place]?.label ?? '');
  const root = completeRun(order.root, kept.run, {
    costs: costsOf(order.nodes, isOpen),
    unseen: left.length === 0 ? undefined : costsOf(order.nodes, isLeft),
    add: () => next++,
  });
  const run = describeRun(root, { count: next, order: kept.started });
  const inserted = Array.from({ length: next - count }, (_, i) => insertionOf(count + i, run));
  const deleted = left.length === 0 ? [] : new Deletions({ order, request, run, root, inserted }).describe(left);
  return { cost: deleted.length + inserted.length, isLeast: kept.isLeast, deleted, inserted, run };
}

interface Edited {
  readonly order: CompiledOrder;
  readonly request: RequestOrder;
  readonly run: Run;
  readonly root: RunNode | undefined;
  readonly inserted: readonly Insertion[];
}

class Deletions {
  readonly #edited: Edited;
  readonly #facts: ClosedFacts;
  readonly #free: Insertion[];

  constructor(edited: Edited) {
    this.#edited = edited;
    this.#facts = closeFacts(edited.request);
    this.#free = [...edited.inserted];
  }

  describe(left: readonly number[]): readonly Deletion[] {
    return left.map((occurrence, i) => {
      const movedTo = this.#takeInsertionFor(occurrence);
      const cycle = i < MOST_CYCLES ? this.#cycleOf(occurrence, movedTo) : undefined;
      const because = movedTo === undefined && !cycle ? 'count' : 'order';
      return { occurrence, because, movedTo, cycle: cycle && edgesOf(cycle) };
    });
  }

  #cycleOf(occurrence: number, movedTo: number | undefined): Cycle | undefined {
    return movedTo === undefined ? this.#cycleIfPutBack(occurrence) : this.#cycleIfReplaced(occurrence, movedTo);
  }

  #placesOf(occurrence: number): readonly number[] {
    const labels = this.#edited.request.occurrences[occurrence]?.labels ?? [];
    return this.#edited.order.places.flatMap(({ id, label }) => (labels.includes(label) ? [id] : []));
  }

  /** An inserted occurrence that this one could be, had it come in time. */
  #takeInsertionFor(occurrence: number): number | undefined {
    const places = this.#placesOf(occurrence);
    const at = this.#free.findIndex(({ place }) => places.includes(place));
    return at < 0 ? undefined : this.#free.splice(at, 1)[0]?.occurrence;
  }

  #cycleIfReplaced(occurrence: number, added: number): Cycle | undefined {
    const { root, run } = this.#edited;
    const together = root && standIn(root, { occurrence, added });
    const { required } = describeRun(together, { count: run.places.length, order: run.order });
    return this.#cycleThrough(occurrence, required);
  }

  /** Where there is room for it, it is the order that keeps it out. */
  #cycleIfPutBack(occurrence: number): Cycle | undefined {
    const { order, root, run } = this.#edited;
    for (const place of this.#placesOf(occurrence)) {
      const together = putBack(order.root, { run: root, occurrence, place });
      const described = together && describeRun(together, { count: run.places.length, order: run.order });
      const cycle = described && this.#cycleThrough(occurrence, described.required);
      if (cycle) return cycle;
    }
    return undefined;
  }

  #cycleThrough(occurrence: number, required: readonly RequiredOrder[]): Cycle | undefined {
    const among = (each: number): boolean => each < this.#facts.count;
    return cycleThrough(occurrence, required, { facts: this.#facts, request: this.#edited.request, among });
  }
}

function insertionOf(occurrence: number, { places, required, order }: Run): Insertion {
  const before = new Set(
    (membershipsOf(required).get(occurrence) ?? []).flatMap(({ order: { parts }, part }) =>
      parts.slice(0, part).flat(),
    ),
  );
  return { occurrence, place: places[occurrence] ?? 0, after: order.findLast((each) => before.has(each)) };
}

function edgesOf(cycle: Cycle): readonly CycleEdge[] {
  return cycle.flatMap(({ before, after, demand }, i): readonly CycleEdge[] => {
    const next = cycle[(i + 1) % cycle.length] ?? cycle[0];
    const from = { occurrence: before, point: demand } as const;
    const to = { occurrence: after, point: 'start' } as const;
    const goal = { occurrence: next?.before ?? before, point: next?.demand ?? demand } as const;
    const isSame = goal.occurrence === to.occurrence && goal.point === to.point;
    return [{ from, to, because: 'flow' }, ...(isSame ? [] : [{ from: to, to: goal, because: 'certain' } as const])];
  });
}
