import { type LeastEdits, labelOf, type OrderChecker } from '../conformance/index.js';
import type { Facts, Occurrence } from './facts.js';
import { boundSteps, type OrderScope } from './order-scopes.js';

/** The occurrences of one scope, and what makes them conform to its order. */
export interface Edited {
  readonly edits: LeastEdits;
  readonly checker: OrderChecker;
  readonly scope: OrderScope;
  readonly facts: Facts;
  /** All occurrences of the request, those outside the scope too. */
  readonly everyone: readonly Occurrence[];
}

/** A step, with the one it hangs under where its places are bound. */
export interface Labelled {
  readonly label: string;
  readonly step: string;
  readonly under?: string | undefined;
}

/** The label of an occurrence. */
export function labelledIn(occurrence: Occurrence, { scope, everyone, facts }: Edited): Labelled {
  const { step } = occurrence;
  const anchors = boundSteps(scope.order).get(step);
  const under = anchors?.find((anchor) =>
    everyone.some((other) => other.step === anchor && facts.causes(other, occurrence)),
  );
  return { step, under, label: labelOf(step, under) };
}
