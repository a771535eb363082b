import type { RunState } from './run-state.js';

/** Where a search has been: states of the tree, each with what had started by then. */
export class SeenStates {
  readonly #startedAt = new Map<RunState, Set<string>>();

  /** True if it was here before; from now on it was. `started`: a text that is the same if and only if the same has started. */
  wasSeen(state: RunState, started: string): boolean {
    const known = this.#startedAt.get(state) ?? new Set();
    this.#startedAt.set(state, known);
    if (known.has(started)) return true;
    known.add(started);
    return false;
  }
}
