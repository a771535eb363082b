import type { CycleEdge } from '../../model/index.js';
import {
  boundsOfNodes,
  type Deletion,
  type Insertion,
  type LeastEdits,
  labelOf,
  type OrderChecker,
  type RequestOrder,
  UNBOUNDED,
} from '../conformance/index.js';
import { groupBy } from '../group-by.js';
import type { CheckedRequest, FlowCheck, FlowCounts } from './checked-request.js';
import { witnessOf } from './cycle-witness.js';
import type { Facts, Occurrence } from './facts.js';
import type { UnexpectedStep } from './feasible.js';
import { type Missing, missingParts } from './missing-parts.js';
import { boundSteps, type OrderScope } from './order-scopes.js';
import { inPlainSteps, placeName, plainStep, withPlaces } from './place-names.js';
import { provePairs } from './prove-order.js';
import { checkerOf, requestOrder } from './request-order.js';
import { branchAgainst } from './ruled-out.js';
import { requiredBy } from './run-order.js';
import { inSeenRounds } from './seen-rounds.js';
import { overlapOf } from './serial-overlap.js';
import { addStrength } from './strength.js';
import { takenBranches } from './taken-branches.js';

interface Edited {
  readonly edits: LeastEdits;
  readonly checker: OrderChecker;
  readonly scope: OrderScope;
  readonly facts: Facts;
  /** All occurrences of the request, those outside the scope too. */
  readonly everyone: readonly Occurrence[];
}

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
  return {
    counts: {
      missing: missingAtPlaces(edited, open),
      awaited: (asked.mayStillCome?.size ?? 0) > 0 ? awaitedByEdits(asked, { checker, open }) : [],
      ...surplusOf(edited),
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
    const { observed = 0, max = null } = countOf(labelled, edited) ?? {};
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

/** Steps that would have to come for the request to conform, and still may. */
export function awaitedByEdits(
  asked: RequestOrder,
  { checker, open }: { readonly checker: OrderChecker; readonly open: CheckedRequest['open'] },
): readonly string[] {
  const isShown = (label: string): boolean => open.storeShown(plainStep(label));
  const mayStillCome = new Set([...(asked.mayStillCome ?? [])].filter(isShown));
  const { inserted, deleted } = checker.leastEdits({ ...asked, mayStillCome });
  const moved = new Set(deleted.map(({ movedTo }) => movedTo));
  const lacking = inserted.filter(({ occurrence }) => !moved.has(occurrence));
  const steps = lacking.flatMap(({ place }) => checker.order.places[place]?.step ?? []);
  return [...new Set(steps)].filter((step) => open.mayStillCome(step));
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
function missingAtPlaces(edited: Edited, { storeShown }: CheckedRequest['open']): FlowCounts['missing'] {
  const { edits, checker, scope } = edited;
  const occurrences = scope.occurrences.flatMap((occurrence, i) => {
    const place = checker.order.places[edits.run.places[i] ?? -1];
    return place ? [{ ...occurrence, step: placeName(place) }] : [];
  });
  const parts = missingParts(missingOf(edited), {
    order: withPlaces(scope.order, checker.order.places),
    occurrences,
    storeShown: (name) => storeShown(plainStep(name)),
    inside: scope.inside,
    wentAstray: edits.deleted.some(({ cycle }) => !cycle),
  });
  return parts.map(inPlainSteps);
}

/** Insertions that an occurrence out of order stands for are told by its cycle, not as missing. */
function missingOf(edited: Edited): readonly Missing[] {
  const { edits, checker, scope } = edited;
  const moved = new Set(
    edits.deleted.flatMap(({ movedTo, cycle }) => (cycle && movedTo !== undefined ? [movedTo] : [])),
  );
  const seen = new Set(scope.occurrences.map(({ step }) => step));
  const told = new Map<number, Missing>();
  for (const { occurrence, place, after } of edits.inserted) {
    if (moved.has(occurrence) || isTooFew(place, edited)) continue;
    const at = checker.order.places[place];
    if (!at) continue;
    const last = after === undefined || !seen.has(at.step) ? undefined : scope.occurrences[after];
    const laterThan = after === undefined ? undefined : told.get(after);
    told.set(occurrence, { step: placeName(at), after: last, laterThan });
  }
  return [...told.values()];
}

/** True of a place that is repeated by itself, and was filled too seldom rather than not at all. */
function isTooFew(place: number, { edits, checker }: Edited): boolean {
  const isOwn = edits.run.places.some((each, i) => each === place && !isInserted(i, edits.inserted));
  const repeat = isOwn ? repeatOf(place, checker) : undefined;
  return repeat?.child.kind === 'place' && repeat.child.place.id === place && !repeat.between;
}

function isInserted(occurrence: number, inserted: readonly Insertion[]): boolean {
  return inserted.some((each) => each.occurrence === occurrence);
}

/** The nearest repeat around a place. */
function repeatOf(place: number, { order }: OrderChecker) {
  const around = order.nodes.flatMap((node) =>
    node.kind === 'repeat' && node.first <= place && place < node.after ? [node] : [],
  );
  return around.sort((a, b) => a.after - a.first - (b.after - b.first))[0];
}

/** What is there too often, or too seldom, and what should not be there at all. */
function surplusOf(edited: Edited): Pick<FlowCounts, 'counts' | 'unexpected'> {
  const { edits, checker, scope } = edited;
  const { places } = checker.order;
  const usedPlaces = edits.run.places.flatMap((place) => places[place ?? -1] ?? []);
  const used = new Set(usedPlaces.map(({ step }) => step));
  const labels = new Set(usedPlaces.map(({ label }) => label));
  const wrong = new Map<string, Labelled>();
  for (const { place } of edits.inserted) {
    const at = isTooFew(place, edited) ? places[place] : undefined;
    if (at) wrong.set(at.label, at);
  }
  for (const { occurrence, cycle } of edits.deleted) {
    const left = cycle ? undefined : scope.occurrences[occurrence];
    const labelled = left && labelledIn(left, edited);
    if (labelled) wrong.set(labelled.label, labelled);
  }
  const told = [...wrong.values()].map((each) => ({
    each,
    count: labels.has(each.label) ? countOf(each, edited) : undefined,
  }));
  return {
    counts: byRounds(told.flatMap(({ count }) => count ?? [])),
    unexpected: byBranch(
      told.filter(({ count }) => !count).map(({ each }) => each.step),
      { ...edited, used },
    ),
  };
}

/** A step, with the one it hangs under where its places are bound. */
interface Labelled {
  readonly label: string;
  readonly step: string;
  readonly under?: string | undefined;
}

function labelledIn(occurrence: Occurrence, { scope, everyone, facts }: Edited): Labelled {
  const { step } = occurrence;
  const anchors = boundSteps(scope.order).get(step);
  const under = anchors?.find((anchor) =>
    everyone.some((other) => other.step === anchor && facts.causes(other, occurrence)),
  );
  return { step, under, label: labelOf(step, under) };
}

interface Counted {
  readonly step: string;
  readonly under: string | undefined;
  readonly min: number;
  readonly max: number | null;
  readonly observed: number;
  readonly round: number | undefined;
  readonly isBetween: boolean;
}

/** How often a step happened and may happen; undefined where the number alone is no reproach. */
function countOf({ label, step, under }: Labelled, edited: Edited): Counted | undefined {
  const { checker, scope } = edited;
  const places = checker.order.places.filter((place) => place.label === label);
  const repeats = places.map(({ id }) => repeatOf(id, checker));
  const [repeat] = repeats;
  const ofStep = scope.occurrences.filter((each) => each.step === step);
  const observed = ofStep.filter((each) => labelledIn(each, edited).label === label).length;
  const isOne = repeats.every((each) => each === repeat);
  const isDirect = repeat?.child.kind === 'place' && repeat.child.place.id === places[0]?.id && places.length === 1;
  const { min, max } = isDirect ? repeat : boundsOf(label, checker);
  if (observed >= min && observed <= max) return undefined;
  const between = repeat?.between;
  const isBetween =
    isOne && between !== undefined && places.every(({ id }) => between.first <= id && id < between.after);
  return {
    step,
    under,
    min,
    max: max >= UNBOUNDED ? null : max,
    observed,
    round: isOne ? repeat?.id : undefined,
    isBetween,
  };
}

/** How often the whole order wants and takes what has a label. */
function boundsOf(label: string, { order }: OrderChecker): { readonly min: number; readonly max: number } {
  const bounds = boundsOfNodes(order).at(-1);
  const place = order.places.find((each) => each.label === label);
  const at = place && bounds ? bounds.labels.indexOf(order.labelOfPlace[place.id] ?? -1) : -1;
  return { min: bounds?.least[at] ?? 0, max: bounds?.most[at] ?? 0 };
}

/** Steps of the same rounds that are counted wrong alike are one; with too many rounds there is also too much between them. */
function byRounds(counted: readonly Counted[]): FlowCounts['counts'] {
  const rounds = new Set(counted.flatMap(({ round, isBetween }) => (isBetween ? [] : [round])));
  const told = counted.filter(({ round, isBetween }) => !isBetween || !rounds.has(round));
  const alike = groupBy(told, ({ round, step, ...numbers }) => JSON.stringify([round ?? step, numbers]));
  return [...alike.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (!first) return [];
    const { step, under, min, max, observed } = first;
    return [
      {
        step,
        min,
        max,
        observed,
        ...(under !== undefined && { under }),
        ...(others.length > 0 && { also: others.map((each) => each.step) }),
      },
    ];
  });
}

/** Steps of one branch that was not taken are one. */
function byBranch(
  steps: readonly string[],
  { scope, used }: Edited & { readonly used: ReadonlySet<string> },
): readonly UnexpectedStep[] {
  const bound = boundSteps(scope.order);
  const against = steps.map((step) => ({ step, taken: branchAgainst(scope.order, step, used) }));
  const together = groupBy(against, ({ step, taken }) => taken?.own ?? step);
  return [...together.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const under = bound.get(first.step);
    const also = others.map(({ step }) => step);
    return [
      {
        step: first.step,
        branch: first.taken?.branch,
        ...(also.length > 0 && { also }),
        ...(under && !first.taken && { under }),
      },
    ];
  });
}
