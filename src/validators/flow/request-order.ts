import { oncePer } from '../../lib/once-per.js';
import type { FlowNode } from '../../model/index.js';
import { compileOrder, createChecker, labelOf, type OrderChecker, type RequestOrder } from '../conformance/index.js';
import type { Facts, Occurrence } from './facts.js';
import { boundSteps, type OrderScope } from './order-scopes.js';

/** The checker of an order, made once for each order that is the same object. */
export const checkerOf = oncePer((order: FlowNode): OrderChecker => createChecker(compileOrder(order)));

/**
 * What is certain of the occurrences of one scope, in the form that the check of the order takes. An occurrence has the label of its step, and one more for each
 * step that its places are bound to and that it descends from.
 */
export function requestOrder(
  { order, occurrences }: OrderScope,
  {
    facts,
    everyone,
    mayStillCome,
  }: { readonly facts: Facts; readonly everyone: readonly Occurrence[]; readonly mayStillCome: ReadonlySet<string> },
): RequestOrder {
  const bound = boundSteps(order);
  const labelAlone = labelsAlone(order);
  const labelsOf = (occurrence: Occurrence): readonly string[] => {
    const { step } = occurrence;
    const anchors = bound
      .get(step)
      ?.filter((anchor) => everyone.some((other) => other.step === anchor && facts.causes(other, occurrence)));
    return anchors ? [step, ...anchors.map((anchor) => labelOf(step, anchor))] : labelAlone(step);
  };
  return {
    occurrences: occurrences.map((occurrence) => ({
      labels: labelsOf(occurrence),
      start: occurrence.start,
      end: occurrence.end,
      tied: occurrence.tied,
    })),
    nodes: facts.certain.nodes,
    certain: facts.certain.pairs,
    causes: facts.causesAmong(occurrences),
    mayStillCome: bound.size === 0 ? mayStillCome : openLabels(mayStillCome, bound),
  };
}

function openLabels(
  mayStillCome: ReadonlySet<string>,
  bound: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const open = new Set(mayStillCome);
  for (const [step, anchors] of bound) {
    if (mayStillCome.has(step)) for (const anchor of anchors) open.add(labelOf(step, anchor));
  }
  return open;
}

/** The labels of an occurrence that is bound to nothing: made once for each step. */
const labelsAlone = oncePer((_order: FlowNode) => {
  const known = new Map<string, readonly [string]>();
  return (step: string): readonly [string] => {
    const labels = known.get(step) ?? ([step] as const);
    known.set(step, labels);
    return labels;
  };
});
