import type { CompiledOrder } from './compiled-order.js';
import { rangeOf, startsHere } from './first-place.js';
import { BoundsOfState, type LabelBounds } from './label-bounds.js';
import { replaySteps, type TakenStep } from './replay-steps.js';
import type { RequestOrder } from './request-order.js';
import type { Run } from './run.js';
import { type Move, MoveFinder } from './run-moves.js';
import { type RunState, RunStates, withoutTags } from './run-state.js';
import { SearchRequest } from './search-request.js';

export interface SearchProblem {
  readonly order: CompiledOrder;
  readonly bounds: readonly LabelBounds[];
  readonly request: RequestOrder;
  /** States to look at before giving up. */
  readonly budget: number;
}

export type Found =
  | { readonly kind: 'found'; readonly run: () => Run; readonly states: number }
  | { readonly kind: 'impossible' | 'tooAmbiguous'; readonly states: number };

/**
 * Looks for a run of the flow that the request can have been: lets one occurrence after the other start, as the facts allow, each at a place that the run has
 * open.
 *
 * What is known at a point of the search is what has started, and the state of the run; two ways there are one. Ends need no choice. Forced moves keep the
 * search narrow: where an occurrence can only stand at places that are open, and nothing that may come before it could use what this passes, there is
 * nothing to gain by waiting, so only its own moves are tried.
 */
export function search({ order, bounds, request, budget }: SearchProblem): Found {
  return new Search(order, bounds, request).run(budget);
}

interface Choice {
  readonly occurrence: number;
  readonly move: Move;
}

interface Branch {
  readonly choices: readonly Choice[];
  readonly depth: number;
  tried: number;
}

class Search {
  readonly #root: RunState;
  readonly #request: SearchRequest;
  readonly #states: RunStates;
  readonly #scratch: BoundsOfState;
  readonly #finder: MoveFinder;
  readonly #taken: (TakenStep & { readonly mark: number })[] = [];
  readonly #branches: Branch[] = [];
  readonly #seen = new Map<RunState, Set<string>>();

  constructor(order: CompiledOrder, bounds: readonly LabelBounds[], request: RequestOrder) {
    this.#request = new SearchRequest(order, bounds, request);
    this.#scratch = new BoundsOfState(bounds, this.#request.left);
    this.#states = new RunStates(order, {
      isOpen: (place) => this.#request.isOpen(place),
      matters: (tag, beyond) => this.#request.matters(tag, beyond),
    });
    this.#finder = new MoveFinder(this.#states, this.#request, { mayAdd: false });
    this.#root = this.#states.fresh(order.root);
  }

  run(budget: number): Found {
    let state: RunState | undefined = this.#root;
    let states = 0;
    while (state) {
      if (states++ >= budget) return { kind: 'tooAmbiguous', states: budget };
      if (this.#taken.length === this.#request.facts.count && state.cost === 0) {
        return { kind: 'found', run: () => this.#run(), states };
      }
      state = this.#advance(state) ?? this.#retreat();
    }
    return { kind: 'impossible', states };
  }

  #run(): Run {
    return replaySteps(this.#root.node, {
      steps: this.#taken,
      states: this.#states,
      count: this.#request.facts.count,
    });
  }

  #advance(state: RunState): RunState | undefined {
    if (!this.#fits(state)) return undefined;
    const choices = this.#choicesAt(state);
    const [first] = choices;
    if (!first) return undefined;
    if (choices.length > 1) {
      if (this.#wasSeen(state)) return undefined;
      this.#branches.push({ choices, depth: this.#taken.length, tried: 1 });
    }
    return this.#take(first);
  }

  /** The next choice at the last branch that has one left. */
  #retreat(): RunState | undefined {
    for (let branch = this.#branches.at(-1); branch; branch = this.#branches.at(-1)) {
      while (this.#taken.length > branch.depth) this.#takeBack();
      const choice = branch.choices[branch.tried++];
      if (choice) return this.#take(choice);
      this.#branches.pop();
    }
    return undefined;
  }

  #fits(state: RunState): boolean {
    this.#request.bounds.count(state);
    return this.#request.bounds.fits();
  }

  #wasSeen(state: RunState): boolean {
    const seen = this.#seen.get(state) ?? new Set();
    this.#seen.set(state, seen);
    const key = this.#request.startedKey;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  }

  #choicesAt(state: RunState): readonly Choice[] {
    let forced: readonly Choice[] | undefined;
    const all: Choice[] = [];
    for (const occurrence of this.#request.readyOnes()) {
      const { moves, hasMoreLater } = this.#finder.find(state, occurrence);
      const choices = distinct(moves).map((move) => ({ occurrence, move }));
      if (choices.length === 0) continue;
      const isHere = !hasMoreLater || (choices.length === 1 && this.#isFirstPlace(state, occurrence));
      if (isHere && choices.every((choice) => this.#losesNothing(choice))) {
        if (choices.length === 1) return choices;
        if (!forced || choices.length < forced.length) forced = choices;
      }
      all.push(...choices);
    }
    return forced ?? all;
  }

  /** True if it comes before all others of its label, and the first of these can only stand where it can now. */
  #isFirstPlace(state: RunState, occurrence: number): boolean {
    const [label, ...more] = this.#request.labels[occurrence] as readonly number[];
    if (label === undefined || more.length > 0) return false;
    const others = this.#request.occurrencesOf[label] as readonly number[];
    const isFirst = others.every(
      (other) =>
        other === occurrence || this.#request.walk.hasStarted(other) || this.#request.startsBefore(occurrence, other),
    );
    return isFirst && startsHere(state, rangeOf(label, this.#scratch));
  }

  /** True if nothing that could come before it could stand at a place that is given up. */
  #losesNothing({ occurrence, move }: Choice): boolean {
    if (!move.skipped) return true;
    this.#scratch.clear();
    for (let skipped: Move['skipped'] = move.skipped; skipped; skipped = skipped.rest) this.#scratch.add(skipped.state);
    return this.#request.occurrencesOf.every(
      (others, label) =>
        (this.#scratch.most[label] as number) === 0 ||
        others.every(
          (other) =>
            other === occurrence ||
            this.#request.walk.hasStarted(other) ||
            this.#request.startsBefore(occurrence, other),
        ),
    );
  }

  #take({ occurrence, move }: Choice): RunState {
    const mark = this.#request.start(occurrence, move.place);
    const gone = new Set(move.state.tags.filter((tag) => !this.#request.matters(tag, undefined)));
    this.#taken.push({ occurrence, move, gone, mark });
    return gone.size === 0 ? move.state : withoutTags(move.state, gone, this.#states);
  }

  #takeBack(): void {
    const step = this.#taken.pop();
    if (step) this.#request.takeBack(step.occurrence, step.mark);
  }
}

/** One move for each state that they lead to. */
function distinct(moves: readonly Move[]): readonly Move[] {
  if (moves.length < 2) return moves;
  return [...new Map(moves.map((move) => [move.state, move] as const).reverse()).values()].reverse();
}
