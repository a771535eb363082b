import type { CompiledFlow, CycleEdge, Strength } from '../../model/index.js';
import { groupBy } from '../group-by.js';
import { shortestCycle } from './cycle-witness.js';
import type { Facts, Occurrence } from './facts.js';
import { type CountProblems, fitCounts } from './feasible.js';
import { copyGraph } from './order-graph.js';
import { reachability } from './reach.js';
import { addRequiredOrder, groupsInOrder } from './required-order.js';
import { placeRounds } from './serial-rounds.js';
import { serialRepeats } from './tree.js';

/** What a request's happenings come to under a flow's order. */
export interface FlowCheck {
  readonly counts: CountProblems;
  readonly order: OrderCheck;
}

export interface OrderCheck {
  /**
   * Empty if the order is possible. Else a shortest cycle for each occurrence that has to go to make it so, one for the same steps, and not
   * more than a handful.
   */
  readonly cycles: readonly (readonly CycleEdge[])[];
  readonly strength: Strength;
  /** Required pairs that are neither proven nor violated. */
  readonly undecided: readonly (readonly [Occurrence, Occurrence])[];
  /** True if the rounds of serial repeats can be ordered in too many ways to try all. */
  readonly tooAmbiguous: boolean;
}

/** Steps of which more may still come, and steps that a store shows without a span. */
export interface OpenSteps {
  readonly mayStillCome: (step: string) => boolean;
  readonly storeShown: (step: string) => boolean;
}

export const NOTHING_OPEN: OpenSteps = { mayStillCome: () => false, storeShown: () => false };

/**
 * Whether a request conforms to the order of its flow, and how firmly that is known.
 *
 * It conforms if and only if its counts fit the tree and certain order ∪ required order has no cycle. While steps may still come, the same holds of
 * the tree with those steps optional: what fails then fails for good.
 */
export function check(
  flow: Pick<CompiledFlow, 'order'>,
  {
    occurrences,
    facts,
    open,
  }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts; readonly open: OpenSteps },
): FlowCheck {
  const seen = new Map([...groupBy(occurrences, ({ step }) => step)].map(([step, all]) => [step, all.length]));
  const counts = fitCounts(flow.order, { ...open, seen: (step) => seen.get(step) ?? 0 });
  return { counts, order: checkOrder(flow, { occurrences, facts }) };
}

/** So many occurrences are taken away, one after the other, before the rest of the cycles is left alone. */
const MAX_CYCLES = 8;

function stepsOn(cycle: readonly CycleEdge[]): string {
  return [...new Set(cycle.map(({ from }) => from.step))].sort().join(' ');
}

/** The order alone. Occurrences of steps that are not in the tree are not looked at. */
export function checkOrder(
  flow: Pick<CompiledFlow, 'order'>,
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): OrderCheck {
  const cycles = new Map<string, readonly CycleEdge[]>();
  let kept = occurrences;
  let rounds = orderRounds(flow, { occurrences: kept, facts });
  for (let tries = 0; rounds.possible === false && tries < MAX_CYCLES; tries++) {
    const cycle = shortestCycle(rounds.graph, facts) ?? [];
    const steps = stepsOn(cycle);
    if (!cycles.has(steps)) cycles.set(steps, cycle);
    kept = withoutCulprit(flow, { cycle, kept, facts });
    rounds = orderRounds(flow, { occurrences: kept, facts });
  }
  const { strength, undecided } = proveOrder(flow, { occurrences, facts });
  return { cycles: [...cycles.values()], strength, undecided, tooAmbiguous: rounds.possible === undefined };
}

function orderRounds(
  flow: Pick<CompiledFlow, 'order'>,
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): ReturnType<typeof placeRounds> {
  const graph = copyGraph(facts.graph);
  addRequiredOrder(graph, { order: flow.order, occurrences, facts });
  const serial = new Set(serialRepeats(flow.order));
  const groups = groupBy(
    occurrences.filter(({ step }) => serial.has(step)),
    ({ step }) => step,
  );
  return placeRounds(graph, { groups: [...groups.values()], facts });
}

/** The occurrences without one on the cycle: the one whose absence makes the order possible, if there is such a one. */
function withoutCulprit(
  flow: Pick<CompiledFlow, 'order'>,
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

function proveOrder(
  flow: Pick<CompiledFlow, 'order'>,
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): Pick<OrderCheck, 'strength' | 'undecided'> {
  const before = reachability(
    facts.graph,
    occurrences.flatMap(({ start, end }) => (end === undefined ? [start] : [start, end])),
  );
  let required = 0;
  let proven = 0;
  const undecided: (readonly [Occurrence, Occurrence])[] = [];
  for (const group of groupsInOrder(flow.order, occurrences)) {
    group.forEach((earlier, i) => {
      const later = group.slice(i + 1).flat();
      for (const a of earlier) {
        for (const b of later) {
          required++;
          if (facts.causes(a, b) || (a.end !== undefined && before?.(a.end, b.start))) proven++;
          else if (!violates(a, b, { facts, before })) undecided.push([a, b]);
        }
      }
    });
  }
  return { strength: { required, proven, undecided: undecided.length }, undecided };
}

function violates(
  a: Occurrence,
  b: Occurrence,
  { facts, before }: { readonly facts: Facts; readonly before: ((from: number, to: number) => boolean) | undefined },
): boolean {
  if (facts.causes(b, a)) return true;
  return b.tied ? before?.(b.start, a.end ?? a.start) === true : before?.(b.start, a.start) === true;
}
