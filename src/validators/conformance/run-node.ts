import type { OrderNode } from './order-tree.js';
import type { RunState } from './run-state.js';

/** Where a part stands in a serial repeat. Of a path: the part that is under way. */
export const SAME_PART = 0;
export const GAP = 1;
export const NEXT_ROUND = -1;

/**
 * A part of the tree as it was run, while it is put together: its own parts as far as they were entered, or the occurrences at a place. A choice and an
 * optional leave no trace.
 */
export interface RunNode {
  readonly node: OrderNode;
  /** In the order they were entered. */
  readonly parts: RunPart[];
  readonly occurrences: number[];
  /** Of a copy: the state it is in. */
  state: RunState | undefined;
}

export interface RunPart {
  /** Index of the part in its node; in a repeat, `GAP` for what goes between rounds and `NEXT_ROUND` for a round. */
  readonly at: number;
  readonly run: RunNode;
}

export function emptyRun(node: OrderNode): RunNode {
  return { node, parts: [], occurrences: [], state: undefined };
}
