import type { CycleEdge, Strength } from '../../model/index.js';
import type { Holds } from './conditions.js';
import type { Facts, Occurrence } from './facts.js';
import type { CountProblems } from './feasible.js';
import type { MissingPart } from './missing-parts.js';

/** What a request's happenings come to under a flow's order. */
export interface FlowCheck {
  readonly counts: FlowCounts;
  readonly order: OrderCheck;
  /** Conditions of the order that could not be worked out. */
  readonly unresolved: readonly string[];
}

export type FlowCounts = Omit<CountProblems, 'missing'> & { readonly missing: readonly MissingPart[] };

export interface OrderCheck {
  /**
   * Empty if the order is possible. Else a shortest cycle for each occurrence that has to go to make it so, one for the same steps, and not
   * more than a handful.
   */
  readonly cycles: readonly (readonly CycleEdge[])[];
  readonly strength: Strength;
  /** Required pairs that are neither proven nor violated. */
  readonly undecided: readonly (readonly [Occurrence, Occurrence])[];
  /** How many ways were looked at before the search gave up; undefined if it did not. */
  readonly tooAmbiguous: number | undefined;
}

/** Steps of which more may still come, and steps that a store shows without a span. */
export interface OpenSteps {
  readonly mayStillCome: (step: string) => boolean;
  readonly storeShown: (step: string) => boolean;
}

export const NOTHING_OPEN: OpenSteps = { mayStillCome: () => false, storeShown: () => false };

export interface CheckedRequest {
  readonly occurrences: readonly Occurrence[];
  readonly facts: Facts;
  readonly open: OpenSteps;
  /** Works out the conditions of the order. Default: none can be. */
  readonly holds?: Holds;
  /** False of a condition that may change with what may still come. Default: none may. */
  readonly isFirm?: (condition: string) => boolean;
}
