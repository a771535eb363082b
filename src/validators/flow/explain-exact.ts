import type { CycleEdge, FlowNode } from '../../model/index.js';
import { labelOf } from '../conformance/index.js';
import { groupBy } from '../group-by.js';
import type { CheckedRequest, FlowCheck, OrderCheck } from './checked-request.js';
import { shortestCycle } from './cycle-witness.js';
import type { Facts, Occurrence } from './facts.js';
import { fitCounts, type UnexpectedStep } from './feasible.js';
import { missingParts } from './missing-parts.js';
import { copyGraph } from './order-graph.js';
import { boundSteps, type OrderScope } from './order-scopes.js';
import { anchorOf, inPlainSteps, plainStep } from './place-names.js';
import { provePairs } from './prove-order.js';
import { addRequiredOrder, groupsInOrder } from './required-order.js';
import { overlapOf } from './serial-overlap.js';
import { placeRounds } from './serial-rounds.js';
import { mapSteps, serialGroups, stepsUnder } from './tree.js';

/**
 * Why the occurrences of one scope do not conform to an order of the exact class: counts that do not fit, and cycles of certain and required order.
 *
 * Where places are bound to other steps, each bound place counts as a step of its own.
 */
export function explainExact(
  scope: OrderScope,
  { facts, open, occurrences: everyone }: CheckedRequest,
): Omit<FlowCheck, 'unresolved'> {
  const { order, occurrences } = withBoundSteps(scope, { everyone, facts });
  const seen = new Map([...groupBy(occurrences, ({ step }) => step)].map(([step, all]) => [step, all.length]));
  const storeShown = (step: string): boolean => open.storeShown(plainStep(step));
  const counts = fitCounts(order, {
    seen: (step) => seen.get(step) ?? 0,
    mayStillCome: (step) => open.mayStillCome(plainStep(step)),
    storeShown,
  });
  const placed = new Set(stepsUnder(order));
  const bound = boundSteps(scope.order);
  const misplaced = [...seen.keys()].flatMap((step): readonly UnexpectedStep[] => {
    const under = bound.get(step);
    return placed.has(step) ? [] : [{ step: plainStep(step), branch: undefined, ...(under && { under }) }];
  });
  const missing = counts.missing.map((step) => ({ step }));
  return {
    counts: {
      missing: missingParts(missing, { order, occurrences, storeShown, inside: scope.inside }).map(inPlainSteps),
      awaited: counts.awaited.map(plainStep),
      counts: counts.counts.map((each) => {
        const under = anchorOf(each.step);
        return { ...each, step: plainStep(each.step), ...(under !== undefined && { under }) };
      }),
      unexpected: [
        ...counts.unexpected.map(({ step, branch, also = [] }) => ({
          step: plainStep(step),
          branch: branch === undefined ? undefined : plainStep(branch),
          ...(also.length > 0 && { also: also.map(plainStep) }),
        })),
        ...misplaced,
      ],
    },
    order: checkOrder({ order }, { occurrences, facts }),
  };
}

/** The same scope with each bound place a step of its own, and each occurrence named for the place it fits. */
function withBoundSteps(
  scope: OrderScope,
  { everyone, facts }: { readonly everyone: readonly Occurrence[]; readonly facts: Facts },
): OrderScope {
  const bound = boundSteps(scope.order);
  if (bound.size === 0) return scope;
  const order = mapSteps(scope.order, ({ step, under }) => ({ kind: 'step', step: labelOf(step, under) }));
  const occurrences = scope.occurrences.map((occurrence) => {
    const anchor = bound
      .get(occurrence.step)
      ?.find((step) => everyone.some((other) => other.step === step && facts.causes(other, occurrence)));
    return { ...occurrence, step: labelOf(occurrence.step, anchor) };
  });
  return { ...scope, order, occurrences };
}

/** So many occurrences are taken away, one after the other, before the rest of the cycles is left alone. */
const MAX_CYCLES = 8;

function stepsOn(cycle: readonly CycleEdge[]): string {
  return [...new Set(cycle.map(({ from }) => from.step))].sort().join(' ');
}

/** The order alone. Occurrences of steps that are not in the tree are not looked at. */
function checkOrder(
  flow: { readonly order: FlowNode },
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): OrderCheck {
  const cycles = new Map<string, readonly CycleEdge[]>();
  let kept = occurrences;
  let rounds = orderRounds(flow, { occurrences: kept, facts });
  for (let tries = 0; rounds.possible === false && tries < MAX_CYCLES; tries++) {
    const shortest = shortestCycle(rounds.graph, facts) ?? [];
    const cycle = overlapOf(shortest, { order: flow.order, occurrences: kept, facts }) ?? shortest;
    const steps = stepsOn(cycle);
    if (!cycles.has(steps)) cycles.set(steps, cycle);
    kept = withoutCulprit(flow, { cycle, kept, facts });
    rounds = orderRounds(flow, { occurrences: kept, facts });
  }
  const proven = provePairs(groupsInOrder(flow.order, occurrences), facts);
  return { ...proven, cycles: [...cycles.values()], tooAmbiguous: undefined };
}

function orderRounds(
  flow: { readonly order: FlowNode },
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): ReturnType<typeof placeRounds> {
  const graph = copyGraph(facts.graph);
  addRequiredOrder(graph, { order: flow.order, occurrences, facts });
  const groups = serialGroups(flow.order).map((steps) => occurrences.filter(({ step }) => steps.includes(step)));
  return placeRounds(graph, { groups, facts });
}

/** The occurrences without one on the cycle: the one whose absence makes the order possible, if there is such a one. */
function withoutCulprit(
  flow: { readonly order: FlowNode },
  {
    cycle,
    kept,
    facts,
  }: { readonly cycle: readonly CycleEdge[]; readonly kept: readonly Occurrence[]; readonly facts: Facts },
): readonly Occurrence[] {
  const onCycle = new Set(cycle.map(({ from }) => from.spanId));
  const suspects = kept.filter(({ spanId }) => onCycle.has(spanId));
  if (suspects.length === 0) return [];
  const without = (suspect: Occurrence): readonly Occurrence[] => kept.filter((each) => each !== suspect);
  const culprit = suspects.find(
    (suspect) => orderRounds(flow, { occurrences: without(suspect), facts }).possible !== false,
  );
  return without(culprit ?? (suspects.at(-1) as Occurrence));
}
