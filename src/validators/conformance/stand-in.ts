import { isShortRepeat } from './order-tree.js';
import type { RunNode } from './run-node.js';

export interface StandingIn {
  readonly occurrence: number;
  /** The one that was added to the run, and is taken out. */
  readonly added: number;
}

/** A copy of a run with an occurrence where one was added; of rounds that are alike it is the one that its number says. */
export function standIn(run: RunNode, standing: StandingIn): RunNode {
  const { occurrence, added } = standing;
  const occurrences = run.occurrences.map((each) => (each === added ? occurrence : each));
  const parts = run.parts.map(({ at, run: part }) => ({ at, run: standIn(part, standing) }));
  const isOneRound = isShortRepeat(run.node) && parts.some((part) => part.run.occurrences.includes(occurrence));
  if (isOneRound) parts.sort((a, b) => (a.run.occurrences[0] ?? 0) - (b.run.occurrences[0] ?? 0));
  return { ...run, parts, occurrences };
}
