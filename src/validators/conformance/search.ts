import type { CompiledOrder } from './compiled-order.js';
import { type Choice, distinct, ForcedMoves } from './forced-moves.js';
import type { LabelBounds } from './label-bounds.js';
import type { KeptRun } from './least-edits.js';
import type { RequestOrder } from './request-order.js';
import { describeRun, type Run } from './run.js';
import { MoveFinder } from './run-moves.js';
import { type RunState, RunStates, withoutTags } from './run-state.js';
import { replaySteps, type TakenStep } from './run-tree.js';
import { SearchRequest } from './search-request.js';
import { SeenStates } from './seen-states.js';

export interface SearchProblem {
  readonly order: CompiledOrder;
  readonly bounds: readonly LabelBounds[];
  readonly request: RequestOrder;
  /** States to look at before giving up. */
  readonly budget: number;
}

export type Found =
  | {
      readonly kind: 'found';
      readonly run: () => Run;
      /** The same, before it is described. */
      readonly kept: () => KeptRun;
      readonly states: number;
    }
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

interface Looked {
  readonly forced: readonly Choice[] | undefined;
  readonly choices: readonly Choice[];
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
  readonly #forced: ForcedMoves;
  readonly #finder: MoveFinder;
  readonly #taken: (TakenStep & { readonly mark: number })[] = [];
  readonly #branches: Branch[] = [];
  readonly #seen = new SeenStates();

  constructor(order: CompiledOrder, bounds: readonly LabelBounds[], request: RequestOrder) {
    this.#request = new SearchRequest(order, bounds, { request, mayAdd: false });
    this.#forced = new ForcedMoves(this.#request, bounds);
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
        return { kind: 'found', run: () => this.#run(), kept: () => this.#kept(), states };
      }
      state = this.#advance(state) ?? this.#retreat();
    }
    return { kind: 'impossible', states };
  }

  #run(): Run {
    const { run, started } = this.#kept();
    return describeRun(run, { count: started.length, order: started });
  }

  #kept(): KeptRun {
    const steps = [...this.#taken];
    while (this.#taken.length > 0) this.#takeBack();
    const run = replaySteps(this.#root.node, {
      steps,
      states: this.#states,
      redo: (step) => {
        this.#request.start(step.occurrence, step.move?.place);
      },
    });
    this.#taken.push(...steps);
    return { run, started: steps.map(({ occurrence }) => occurrence), isLeast: false };
  }

  #advance(state: RunState): RunState | undefined {
    if (!this.#fits(state)) return undefined;
    const choices = this.#choicesAt(state);
    const [first] = choices;
    if (!first) return undefined;
    if (choices.length > 1) {
      if (this.#seen.wasSeen(state, this.#request.startedKey)) return undefined;
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

  /** One occurrence of each label will mostly do to find a forced move. */
  #choicesAt(state: RunState): readonly Choice[] {
    const quick = this.#look(state, this.#request.firstReadyOnes());
    if (quick.forced) return quick.forced;
    const all = this.#look(state, this.#request.readyOnes());
    return all.forced ?? all.choices;
  }

  /** What these can do; and, if that is all there is to try, what one of them can do. */
  #look(state: RunState, occurrences: readonly number[]): Looked {
    let forced: readonly Choice[] | undefined;
    const all: Choice[] = [];
    for (const occurrence of occurrences) {
      const { moves, hasMoreLater } = this.#finder.find(state, occurrence);
      const choices = distinct(moves).map((move) => ({ occurrence, move }));
      if (choices.length === 0) continue;
      const isHere = !hasMoreLater || (choices.length === 1 && this.#forced.isFirstPlace(state, occurrence));
      if (isHere && choices.every((choice) => this.#forced.losesNothing(choice))) {
        if (!forced || choices.length < forced.length) forced = choices;
        if (choices.length === 1) break;
      }
      all.push(...choices);
    }
    return { forced, choices: all };
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
