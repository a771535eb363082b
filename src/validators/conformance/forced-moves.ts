import { rangeOf, startsHere } from './first-place.js';
import { BoundsOfState, type LabelBounds } from './label-bounds.js';
import type { Move, Skipped } from './run-moves.js';
import type { RunState } from './run-state.js';
import type { SearchRequest } from './search-request.js';

/** An occurrence that could start, and how. */
export interface Choice {
  readonly occurrence: number;
  readonly move: Move;
}

/** Tells where waiting gains nothing. */
export class ForcedMoves {
  readonly #request: SearchRequest;
  readonly #scratch: BoundsOfState;

  constructor(request: SearchRequest, bounds: readonly LabelBounds[]) {
    this.#request = request;
    this.#scratch = new BoundsOfState(bounds, request.left, { mayAdd: request.mayAdd });
  }

  /** True if it comes before all others of its label, and the first of these can only stand where it can now. */
  isFirstPlace(state: RunState, occurrence: number): boolean {
    const [label, ...more] = this.#request.labels[occurrence] as readonly number[];
    if (label === undefined || more.length > 0) return false;
    return this.#request.allStartAfter(label, occurrence) && startsHere(state, rangeOf(label, this.#scratch));
  }

  /** True if nothing that could come before it could stand at a place that is given up. */
  losesNothing({ occurrence, move }: Choice): boolean {
    return this.#everySkipped(move, (label) => this.#request.allStartAfter(label, occurrence));
  }

  /** True if nothing that is left could stand at a place that is given up. */
  losesNothingAtAll({ occurrence, move }: Choice): boolean {
    return this.#everySkipped(move, (label) => {
      const isOwn = this.#request.labels[occurrence]?.includes(label) === true;
      return this.#request.left.possible[label] === (isOwn ? 1 : 0);
    });
  }

  /** True if the test holds for each label that a skipped part takes. */
  #everySkipped({ skipped }: Move, test: (label: number) => boolean): boolean {
    if (!skipped) return true;
    this.#scratch.clear();
    for (let part: Skipped | undefined = skipped; part; part = part.rest) this.#scratch.add(part.state);
    for (let label = 0; label < this.#scratch.most.length; label++) {
      if ((this.#scratch.most[label] as number) > 0 && !test(label)) return false;
    }
    return true;
  }
}

/** One move for each state that they lead to, the first. */
export function distinct(moves: readonly Move[]): readonly Move[] {
  if (moves.length < 2) return moves;
  const states = new Set<RunState>();
  return moves.filter(({ state }) => !states.has(state) && states.add(state));
}
