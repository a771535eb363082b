import type { FlowNode } from '../../model/index.js';
import { compileOrder, createChecker, labelOf, type OrderChecker, type RequestOrder } from '../conformance/index.js';
import type { Facts, Occurrence } from './facts.js';
import { boundSteps, type OrderScope } from './order-scopes.js';

const checkers = new WeakMap<FlowNode, OrderChecker>();

/** The checker of an order, made once for each order that is the same object. */
export function checkerOf(order: FlowNode): OrderChecker {
  const known = checkers.get(order);
  if (known) return known;
  const checker = createChecker(compileOrder(order));
  checkers.set(order, checker);
  return checker;
}

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
  const labelsOf = (occurrence: Occurrence): readonly string[] => {
    const { step } = occurrence;
    const anchors = bound
      .get(step)
      ?.filter((anchor) => everyone.some((other) => other.step === anchor && facts.causes(other, occurrence)));
    return anchors ? [step, ...anchors.map((anchor) => labelOf(step, anchor))] : [step];
  };
  const open = new Set(mayStillCome);
  for (const [step, anchors] of bound) {
    if (mayStillCome.has(step)) for (const anchor of anchors) open.add(labelOf(step, anchor));
  }
  return {
    occurrences: occurrences.map((occurrence) => ({
      labels: labelsOf(occurrence),
      start: occurrence.start,
      end: occurrence.end,
      tied: occurrence.tied,
    })),
    nodes: facts.graph.arrows.length,
    certain: facts.certain,
    causes: causesAmong(occurrences, facts, new Map(everyone.map((each) => [each.spanId, each]))),
    mayStillCome: open,
  };
}

/** Each with its nearest ancestors: what follows by transitivity, the check adds. Ancestors outside the scope are passed through. */
function causesAmong(
  occurrences: readonly Occurrence[],
  facts: Facts,
  bySpan: ReadonlyMap<string, Occurrence>,
): readonly number[] {
  const places = new Map(occurrences.map(({ spanId }, i) => [spanId, i] as const));
  const causes: number[] = [];
  occurrences.forEach((occurrence, to) => {
    const visited = new Set<string>();
    const queue = [...facts.nearestCauses(occurrence)];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      const from = places.get(next);
      const outside = from === undefined ? bySpan.get(next) : undefined;
      if (from !== undefined) causes.push(from, to);
      if (outside) queue.push(...facts.nearestCauses(outside));
    }
  });
  return causes;
}
