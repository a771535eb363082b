import { groupBy } from '../../lib/group-by.js';
import type { CycleEdge } from '../../model/index.js';
import type { Deletion, Insertion, OrderChecker, RepeatNode, RequestOrder } from '../conformance/index.js';
import { awaitedBesides } from './awaited-steps.js';
import { roundsAround } from './between-rounds.js';
import type { CheckedRequest, FlowCheck, FlowCounts } from './checked-request.js';
import { witnessOf } from './cycle-witness.js';
import { byRounds, type Counted, countOf, countOfRounds } from './edit-counts.js';
import { type Edited, labelledIn } from './edited.js';
import type { UnexpectedStep } from './feasible.js';
import { lackingRounds } from './lacking-rounds.js';
import { type Missing, missingParts } from './missing-parts.js';
import { boundSteps, type OrderScope } from './order-scopes.js';
import { inPlainSteps, placeName, plainStep, withPlaces } from './place-names.js';
import { provePairs } from './prove-order.js';
import { repeatsAround } from './repeats-around.js';
import { checkerOf, requestOrder } from './request-order.js';
import { branchAgainst } from './ruled-out.js';
import { requiredBy } from './run-order.js';
import { inSeenRounds } from './seen-rounds.js';
import { overlapOf } from './serial-overlap.js';
import { addStrength } from './strength.js';
import { takenBranches } from './taken-branches.js';

/**
 * Why the occurrences of one scope do not conform to its order: the least edits that would make them conform.
 *
 * What has to go because of the order is told by the cycle that keeps it out; what has to go because of its number by that number, or by the branch that
 * it is not of; what has to come by the occurrence it should have come after.
 */
export function explainEdits(
  scope: OrderScope,
  {
    asked,
    checker,
    request,
  }: { readonly asked: RequestOrder; readonly checker: OrderChecker; readonly request: CheckedRequest },
): Omit<FlowCheck, 'unresolved'> {
  const { facts, open, occurrences: everyone } = request;
  const least: Edited = { edits: checker.leastEdits(asked), checker, scope, facts, everyone };
  const edited = countedFirst(
    astray(least) > 0 ? alongTakenBranches(least, { asked, request }) : alongSeenRounds(least, asked),
  );
  const cycles = cyclesOf(edited);
  const { missing, tooFew } = lackingOf(edited);
  const { tooMany, unexpected } = surplusOf(edited);
  return {
    counts: {
      missing: missingAtPlaces(missing, { edited, open }),
      awaited: (asked.mayStillCome?.size ?? 0) > 0 ? awaitedBesides(asked, { checker, open }) : [],
      counts: byRounds([...tooFew, ...tooMany], edited),
      unexpected,
    },
    order: { cycles, ...provenBeside(cycles.length, edited), tooAmbiguous: undefined },
  };
}

/** Of a step that happened too often as many have to go for their number as are too many, whatever the order says of them. */
function countedFirst(edited: Edited): Edited {
  const left = new Map<string, number>();
  const deleted = edited.edits.deleted.toReversed().map((deletion) => {
    const occurrence = edited.scope.occurrences[deletion.occurrence];
    if (!occurrence || !deletion.cycle || deletion.movedTo !== undefined) return deletion;
    const labelled = labelledIn(occurrence, edited);
    const { observed = 0, max = null } = countOf(labelled, { edited, occurrence: deletion.occurrence }) ?? {};
    const excess = left.get(labelled.label) ?? (max === null ? 0 : observed - max);
    left.set(labelled.label, excess - 1);
    return excess > 0 ? { ...deletion, cycle: undefined } : deletion;
  });
  return { ...edited, edits: { ...edited.edits, deleted: deleted.reverse() } };
}

/** How many occurrences there is no place for. */
function astray({ edits }: Edited): number {
  return edits.deleted.filter(({ cycle }) => !cycle).length;
}

/** The edits that keep to the rounds that there are steps for, where the order alone is wrong then. */
function alongSeenRounds(least: Edited, asked: RequestOrder): Edited {
  const { order, checker, edits } = inSeenRounds({ ...least, order: least.scope.order }, asked);
  return { ...least, edits, checker, scope: { ...least.scope, order } };
}

/** The edits that keep to the branches that were begun, if there is a place for more of the occurrences then. */
function alongTakenBranches(
  least: Edited,
  {
    asked,
    request: { facts, open, occurrences: everyone },
  }: { readonly asked: RequestOrder; readonly request: CheckedRequest },
): Edited {
  const seen = new Set(least.scope.occurrences.map(({ step }) => step));
  const order = takenBranches(least.scope.order, (step) => seen.has(step) || open.storeShown(step));
  const scope = { ...least.scope, order };
  const checker = checkerOf(order);
  const mayStillCome = asked.mayStillCome ?? new Set<string>();
  const edits = checker.leastEdits(requestOrder(scope, { facts, everyone, mayStillCome }));
  const taken: Edited = { ...least, edits, checker, scope };
  return astray(taken) < astray(least) ? taken : least;
}

/** What is proven of the order of all that stays, beside the orders that are violated. */
function provenBeside(violated: number, { edits, scope, facts }: Edited): ReturnType<typeof provePairs> {
  const { strength, undecided } = provePairs(requiredBy(edits.run, scope), facts);
  return { strength: addStrength(strength, { required: violated, proven: 0, undecided: 0 }), undecided };
}

/** One cycle for the same steps, told first by the one that is first in the order. */
function cyclesOf(edited: Edited): readonly (readonly CycleEdge[])[] {
  const cycles = new Map<string, readonly CycleEdge[]>();
  for (const deletion of edited.edits.deleted) {
    const cycle = cycleOf(deletion, edited);
    const steps = [...new Set(cycle?.map(({ from }) => from.step))].sort().join(' ');
    if (cycle && !cycles.has(steps)) cycles.set(steps, cycle);
  }
  return [...cycles.values()];
}

function cycleOf({ cycle }: Deletion, { scope, facts }: Edited): ReturnType<typeof witnessOf> | undefined {
  if (!cycle) return undefined;
  const nodeOf = ({ occurrence, point }: NonNullable<Deletion['cycle']>[number]['from']): number => {
    const { start = 0, end } = scope.occurrences[occurrence] ?? {};
    return point === 'end' ? (end ?? start) : start;
  };
  const steps = cycle.map(({ from, to, because }) => ({
    from: nodeOf(from),
    to: nodeOf(to),
    required: because === 'flow',
  }));
  const witness = witnessOf(steps, facts);
  return overlapOf(witness, { order: scope.order, occurrences: scope.occurrences, facts }) ?? witness;
}

/** What is missing, by place: of a step with several places one can be there and another missing. */
function missingAtPlaces(
  missing: readonly Missing[],
  { edited, open: { storeShown } }: { readonly edited: Edited; readonly open: CheckedRequest['open'] },
): FlowCounts['missing'] {
  const { edits, checker, scope } = edited;
  const occurrences = scope.occurrences.flatMap((occurrence, i) => {
    const place = checker.order.places[edits.run.places[i] ?? -1];
    return place ? [{ ...occurrence, step: placeName(place) }] : [];
  });
  const parts = missingParts(missing, {
    order: withPlaces(scope.order, checker.order.places),
    occurrences,
    storeShown: (name) => storeShown(plainStep(name)),
    inside: scope.inside,
    wentAstray: edits.deleted.some(({ cycle }) => !cycle),
  });
  return parts.map(inPlainSteps);
}

/** What has to come: what there was none of is missing, of the rest there is too little. */
function lackingOf(edited: Edited): { readonly missing: readonly Missing[]; readonly tooFew: readonly Counted[] } {
  const insertions = lackedBy(edited);
  const { lacking } = lackingRounds({ ...edited, order: edited.scope.order }, insertions);
  const begun = lacking.filter(({ begun: rounds }) => rounds > 0);
  const untold = new Set(lacking.flatMap(({ begun: rounds, inserted }) => (rounds > 0 ? inserted : again(inserted))));
  const outOfStep = new Set(begun.map(({ repeat: { first } }) => turnsAround(first, edited.checker)?.id));
  const missing = insertions.filter((each) => {
    const turns = turnsAround(each.place, edited.checker);
    return !untold.has(each) && !(turns && outOfStep.has(turns.id));
  });
  return { missing: missingOf(missing, edited), tooFew: begun.flatMap((rounds) => countOfRounds(rounds, edited)) };
}

/** Of rounds that are all missing, those after the first. */
function again(inserted: readonly Insertion[]): readonly Insertion[] {
  return inserted.filter(({ place }, i) => inserted.findIndex((each) => each.place === place) < i);
}

/** The insertions that no occurrence out of order stands for: that one is told by its cycle, not as missing. */
function lackedBy({ edits }: Edited): readonly Insertion[] {
  const moved = new Set(edits.deleted.flatMap(({ movedTo, cycle }) => (cycle ? [movedTo] : [])));
  return edits.inserted.filter(({ occurrence }) => !moved.has(occurrence));
}

/** What there is not any of, with what it should have come after. */
function missingOf(insertions: readonly Insertion[], { checker, scope }: Edited): readonly Missing[] {
  const seen = new Set(scope.occurrences.map(({ step }) => step));
  const told = new Map<number, Missing>();
  const firstIn = new Map<number, Missing>();
  for (const { occurrence, place, after } of insertions) {
    const at = checker.order.places[place];
    if (!at) continue;
    const turns = turnsAround(place, checker);
    const last = after === undefined || !seen.has(at.step) ? undefined : scope.occurrences[after];
    const laterThan = (after === undefined ? undefined : told.get(after)) ?? firstIn.get(turns?.id ?? -1);
    const missing = { step: placeName(at), after: last, laterThan };
    told.set(occurrence, missing);
    if (turns && !firstIn.has(turns.id)) firstIn.set(turns.id, missing);
  }
  return [...told.values()];
}

/** The outermost repeat around a place that has something between its rounds: there one that is missing, or came at a wrong turn, puts all later ones out of step. */
function turnsAround(place: number, checker: OrderChecker): RepeatNode | undefined {
  return repeatsAround(place, checker).find(({ between }) => between !== undefined);
}

/** What is there too often, and what should not be there at all. */
function surplusOf(edited: Edited): { readonly tooMany: readonly Counted[] } & Pick<FlowCounts, 'unexpected'> {
  const { edits, checker, scope } = edited;
  const { places } = checker.order;
  const usedPlaces = edits.run.places.flatMap((place) => places[place ?? -1] ?? []);
  const used = new Set(usedPlaces.map(({ step }) => step));
  const labels = new Set(usedPlaces.map(({ label }) => label));
  const tooMany = new Map<string, Counted>();
  const unexpected = new Map<string, string[]>();
  for (const { occurrence, cycle } of edits.deleted) {
    const left = cycle ? undefined : scope.occurrences[occurrence];
    if (!left) continue;
    const labelled = labelledIn(left, edited);
    const count = labels.has(labelled.label) ? countOf(labelled, { edited, occurrence }) : undefined;
    if (count) tooMany.set(JSON.stringify(count), count);
    else unexpected.set(left.step, [...(unexpected.get(left.step) ?? []), left.spanId]);
  }
  return { tooMany: [...tooMany.values()], unexpected: byBranch(unexpected, { ...edited, used }) };
}

/** Steps of one branch that was not taken are one. */
function byBranch(
  unexpected: ReadonlyMap<string, readonly string[]>,
  { scope, used }: Edited & { readonly used: ReadonlySet<string> },
): readonly UnexpectedStep[] {
  const bound = boundSteps(scope.order);
  const against = [...unexpected].map(([step, spanIds]) => ({
    step,
    spanIds,
    taken: branchAgainst(scope.order, step, used),
  }));
  const together = groupBy(against, ({ step, taken }) => taken?.own ?? step);
  return [...together.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const under = bound.get(first.step);
    const also = others.map(({ step }) => step);
    const between = first.taken ? undefined : roundsAround(scope.order, first.step);
    return [
      {
        step: first.step,
        branch: first.taken?.branch,
        spanIds: [first, ...others].flatMap(({ spanIds }) => spanIds),
        ...(also.length > 0 && { also }),
        ...(under && !first.taken && { under }),
        ...(between !== undefined && { between }),
      },
    ];
  });
}
