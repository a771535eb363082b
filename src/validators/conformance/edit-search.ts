import type { CompiledOrder } from './compiled-order.js';
import { type Choice, distinct, ForcedMoves } from './forced-moves.js';
import type { LabelBounds } from './label-bounds.js';
import type { KeptRun } from './least-edits.js';
import { DELETION, EDIT } from './place-fit.js';
import { PriorityQueue } from './priority-queue.js';
import type { RequestOrder } from './request-order.js';
import { type Move, MoveFinder } from './run-moves.js';
import { type RunState, RunStates, withoutTags } from './run-state.js';
import { replaySteps, type TakenStep } from './run-tree.js';
import { SearchRequest } from './search-request.js';
import { SeenStates } from './seen-states.js';

export interface EditProblem {
  readonly order: CompiledOrder;
  readonly bounds: readonly LabelBounds[];
  readonly request: RequestOrder;
  /** States to look at before being content with fewer edits than the next best. */
  readonly budget: number;
}

/**
 * The least edits for any tree: the search for a run, in which an occurrence may also be left out, and what a run must have before a place may be added. States
 * are looked at in order of what the edits so far come to, together with what the counts say is still to come; so the first whole run found has the fewest.
 * When the budget is spent the way that came furthest is followed to its end.
 */
export function leastEditsBySearch(problem: EditProblem): KeptRun {
  const found = new EditSearch(problem, { mayLeaveOut: true }).run(problem.budget);
  if (!found) throw new Error('leaving out every occurrence makes a request conform');
  return found;
}

/** The same, with nothing left out; undefined if there is no such run, or it was not found within the budget. */
export function leastInsertionsBySearch(problem: EditProblem): KeptRun | undefined {
  return new EditSearch(problem, { mayLeaveOut: false }).run(problem.budget);
}

/** A state of the search: the one it came from, and what happened to the next occurrence. */
interface Stop {
  readonly from: Stop | undefined;
  readonly occurrence: number;
  /** Undefined: it was left out. */
  readonly move: Move | undefined;
  readonly depth: number;
  /** Weight of the edits so far. */
  readonly weight: number;
  /** Weight of the edits so far and of those that cannot be avoided. */
  readonly atLeast: number;
  readonly serial: number;
}

interface Looked {
  /** All that one of the occurrences can do, where that is all there is to try. */
  readonly fewest: readonly Option[] | undefined;
  readonly options: readonly Option[];
}

type Option = Choice | { readonly occurrence: number; readonly move: undefined };

class EditSearch {
  readonly #request: SearchRequest;
  readonly #states: RunStates;
  readonly #forced: ForcedMoves;
  readonly #finder: MoveFinder;
  readonly #root: RunState;
  /** The stops on the way to where the search stands, and what happened at each. */
  readonly #way: { readonly stop: Stop; readonly state: RunState; readonly step: TakenStep; readonly mark: number }[] =
    [];
  readonly #seen = new SeenStates();
  readonly #mayLeaveOut: boolean;
  #serial = 0;

  constructor({ order, bounds, request }: EditProblem, { mayLeaveOut }: { readonly mayLeaveOut: boolean }) {
    this.#mayLeaveOut = mayLeaveOut;
    this.#request = new SearchRequest(order, bounds, { request, mayAdd: true });
    this.#forced = new ForcedMoves(this.#request, bounds);
    this.#states = new RunStates(order, {
      isOpen: (place) => this.#request.isOpen(place),
      matters: (tag, beyond) => this.#request.matters(tag, beyond),
    });
    this.#finder = new MoveFinder(this.#states, this.#request, { mayAdd: true });
    this.#root = this.#states.fresh(order.root);
  }

  run(budget: number): KeptRun | undefined {
    const { count } = this.#request.facts;
    let queue = new PriorityQueue<Stop>(isLighter);
    const first: Stop = {
      from: undefined,
      occurrence: -1,
      move: undefined,
      depth: 0,
      weight: 0,
      atLeast: 0,
      serial: 0,
    };
    queue.add(first);
    let looked = 0;
    for (let stop = queue.take(); stop; stop = queue.take()) {
      const state = this.#goTo(stop);
      if (stop.depth === count) return this.#keptRun(looked <= budget);
      if (this.#seen.wasSeen(state, this.#request.startedKey)) continue;
      if (looked++ === budget) {
        if (!this.#mayLeaveOut) return undefined;
        queue = deepestFirst(queue);
      }
      for (const option of this.#optionsAt(state)) queue.add(this.#stop(stop, state, option));
    }
    return undefined;
  }

  /** Brings the walk to a stop; gives the state there. */
  #goTo(stop: Stop): RunState {
    const missing: Stop[] = [];
    let at: Stop = stop;
    while (at.from && this.#way[at.depth - 1]?.stop !== at) {
      missing.push(at);
      at = at.from;
    }
    while (this.#way.length > at.depth) this.#takeBack();
    for (const next of missing.reverse()) this.#take(next);
    return this.#state;
  }

  get #state(): RunState {
    return this.#way.at(-1)?.state ?? this.#root;
  }

  #take(stop: Stop): void {
    const { occurrence, move } = stop;
    const before = move?.state ?? this.#state;
    const mark = this.#request.start(occurrence, move?.place);
    const gone = new Set(before.tags.filter((tag) => !this.#request.matters(tag, undefined)));
    const state = gone.size === 0 ? before : withoutTags(before, gone, this.#states);
    this.#way.push({ stop, state, step: { occurrence, move, gone }, mark });
  }

  #takeBack(): void {
    const last = this.#way.pop();
    if (last) this.#request.takeBack(last.step.occurrence, last.mark);
  }

  /**
   * What can happen next, or enough of it that no better run is lost. Where all places that an occurrence can have are open, or the first place of its label is,
   * whether it takes one or is left out can be decided before anything else.
   */
  #optionsAt(state: RunState): readonly Option[] {
    const quick = this.#look(state, this.#request.firstReadyOnes());
    if (quick.fewest) return quick.fewest;
    const all = this.#look(state, this.#request.readyOnes());
    return all.fewest ?? all.options;
  }

  #look(state: RunState, occurrences: readonly number[]): Looked {
    let fewest: readonly Option[] | undefined;
    const all: Option[] = [];
    for (const occurrence of occurrences) {
      const options = this.#optionsFor(state, occurrence);
      if (options.areAll && (!fewest || options.list.length < fewest.length)) fewest = options.list;
      if (options.areAll && options.list.length === 1) break;
      all.push(...options.list);
    }
    return { fewest, options: all };
  }

  #optionsFor(state: RunState, occurrence: number): { readonly list: readonly Option[]; readonly areAll: boolean } {
    const found = this.#finder.find(state, occurrence);
    const moves = distinct([...found.moves].sort((a, b) => a.cost - b.cost));
    const choices = moves.map((move) => ({ occurrence, move }));
    const left: readonly Option[] = this.#mayLeaveOut ? [{ occurrence, move: undefined }] : [];
    const [first] = found.moves;
    if (!found.hasMoreLater) {
      const [only, ...others] = choices;
      if (only && others.length === 0 && this.#isBest(state, only)) return { list: [only], areAll: true };
      return { list: [...choices, ...left], areAll: choices.every((choice) => this.#forced.losesNothing(choice)) };
    }
    if (
      first &&
      !found.isBarred &&
      !this.#request.isAnchor(first.place) &&
      // What goes on beside others may have to wait for them: the place may be better added, and a later one taken.
      this.#request.endsAtOnce(occurrence) &&
      this.#forced.isFirstPlace(state, occurrence)
    ) {
      const choice = { occurrence, move: first };
      if (this.#forced.losesNothing(choice)) return { list: [choice, ...left], areAll: true };
    }
    return { list: [...choices, ...left], areAll: false };
  }

  /** True if no run is better than with this move: its place has to be filled, nothing is in the way, and nothing else can use what it passes. */
  #isBest(state: RunState, choice: Choice): boolean {
    const { occurrence, move } = choice;
    const [label, ...more] = this.#request.labels[occurrence] as readonly number[];
    if (label === undefined || more.length > 0 || move.cost > 0 || this.#request.isAnchor(move.place)) return false;
    const { bounds } = this.#request;
    bounds.count(state);
    const isOnly = (bounds.least[label] as number) === 1 && (bounds.most[label] as number) === 1;
    return isOnly && this.#request.endsAtOnce(occurrence) && this.#forced.losesNothingAtAll(choice);
  }

  #stop(from: Stop, state: RunState, { occurrence, move }: Option): Stop {
    const weight = from.weight + (move ? move.cost * EDIT : DELETION);
    const atLeast = weight + this.#atLeastAfter(move?.state ?? state, occurrence);
    return { from, occurrence, move, depth: from.depth + 1, weight, atLeast, serial: this.#serial++ };
  }

  /** What the edits must still come to in a state, once an occurrence has started. */
  #atLeastAfter(state: RunState, occurrence: number): number {
    const { bounds, labels, facts } = this.#request;
    if (this.#way.length + 1 === facts.count) return state.cost * EDIT;
    this.#request.count(labels[occurrence] as readonly number[], -1);
    bounds.count(state);
    const { lacking, missing } = bounds.misfits();
    this.#request.count(labels[occurrence] as readonly number[], 1);
    return lacking * DELETION + missing * EDIT;
  }

  #keptRun(isLeast: boolean): KeptRun {
    const steps = this.#way.map(({ step }) => step);
    while (this.#way.length > 0) this.#takeBack();
    const run = replaySteps(this.#root.node, {
      steps,
      states: this.#states,
      redo: ({ occurrence, move }) => {
        this.#request.start(occurrence, move?.place);
      },
    });
    const started = steps.flatMap(({ occurrence, move }) => (move ? [occurrence] : []));
    return { run, started, isLeast };
  }
}

/** The one that comes to less; of equals the one that came further, then the one found first. */
function isLighter(a: Stop, b: Stop): boolean {
  if (a.atLeast !== b.atLeast) return a.atLeast < b.atLeast;
  return a.depth === b.depth ? a.serial < b.serial : a.depth > b.depth;
}

function deepestFirst(queue: PriorityQueue<Stop>): PriorityQueue<Stop> {
  const deepest = new PriorityQueue<Stop>((a, b) => (a.depth === b.depth ? isLighter(a, b) : a.depth > b.depth));
  for (const stop of queue.all) deepest.add(stop);
  return deepest;
}
