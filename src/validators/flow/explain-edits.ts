import type { Deletion, LeastEdits, OrderChecker, RequestOrder } from '../conformance/index.js';
import { groupBy } from '../group-by.js';
import type { CheckedRequest, FlowCheck } from './checked-request.js';
import { witnessOf } from './cycle-witness.js';
import type { Facts, Occurrence } from './facts.js';
import type { CountProblems } from './feasible.js';
import { NO_STRENGTH } from './strength.js';

interface Edited {
  readonly edits: LeastEdits;
  readonly checker: OrderChecker;
  readonly occurrences: readonly Occurrence[];
  readonly facts: Facts;
}

/**
 * Why the occurrences of one scope do not conform to an order outside of the exact class: the least edits that would make them conform.
 *
 * What has to go because of the order is told by the cycle that keeps it out; what has to go, or to come, because of its number by that number.
 */
export function explainEdits(
  occurrences: readonly Occurrence[],
  { asked, checker, facts }: { readonly asked: RequestOrder; readonly checker: OrderChecker; readonly facts: Facts },
): Omit<FlowCheck, 'unresolved'> {
  const edited: Edited = { edits: checker.leastEdits(asked), checker, occurrences, facts };
  const cycles = edited.edits.deleted
    .map((deletion) => cycleOf(deletion, edited))
    .filter((cycle) => cycle !== undefined);
  return {
    counts: countProblems(edited),
    order: { cycles, strength: NO_STRENGTH, undecided: [], tooAmbiguous: undefined },
  };
}

/** Steps that would have to come for the request to conform, and still may. */
export function awaitedByEdits(
  asked: RequestOrder,
  { checker, open }: { readonly checker: OrderChecker; readonly open: CheckedRequest['open'] },
): readonly string[] {
  const { inserted } = checker.leastEdits({ ...asked, mayStillCome: new Set() });
  const steps = inserted.flatMap(({ place }) => checker.order.places[place]?.step ?? []);
  return [...new Set(steps)].filter((step) => open.mayStillCome(step));
}

function cycleOf({ cycle }: Deletion, { occurrences, facts }: Edited): ReturnType<typeof witnessOf> | undefined {
  if (!cycle) return undefined;
  const nodeOf = ({ occurrence, point }: NonNullable<Deletion['cycle']>[number]['from']): number => {
    const { start = 0, end } = occurrences[occurrence] ?? {};
    return point === 'end' ? (end ?? start) : start;
  };
  const steps = cycle.map(({ from, to, because }) => ({
    from: nodeOf(from),
    to: nodeOf(to),
    required: because === 'flow',
  }));
  return witnessOf(steps, facts);
}

/** Insertions that an occurrence out of order stands for are told by its cycle, not as missing. */
function countProblems({ edits, checker, occurrences }: Edited): CountProblems {
  const moved = new Set(
    edits.deleted.flatMap(({ movedTo, cycle }) => (cycle && movedTo !== undefined ? [movedTo] : [])),
  );
  const stepAt = (place: number): string => checker.order.places[place]?.step ?? '';
  const inserted = edits.inserted.filter(({ occurrence }) => !moved.has(occurrence)).map(({ place }) => stepAt(place));
  const deleted = edits.deleted
    .filter(({ cycle }) => !cycle)
    .map(({ occurrence }) => occurrences[occurrence]?.step ?? '');
  const seen = new Map([...groupBy(occurrences, ({ step }) => step)].map(([step, all]) => [step, all.length]));
  const used = new Set(edits.run.places.flatMap((place) => (place === undefined ? [] : [stepAt(place)])));
  const missing = [...new Set(inserted)].filter((step) => !seen.has(step));
  const unexpected = [...new Set(deleted)].filter((step) => !used.has(step));
  const counted = [...new Set([...inserted, ...deleted])].filter((step) => seen.has(step) && used.has(step));
  return {
    missing,
    awaited: [],
    unexpected: unexpected.map((step) => ({ step, branch: undefined })),
    counts: counted.map((step) => {
      const observed = seen.get(step) ?? 0;
      const wanted = observed + timesIn(inserted, step) - timesIn(deleted, step);
      return { step, min: wanted, max: wanted, observed };
    }),
  };
}

function timesIn(steps: readonly string[], step: string): number {
  return steps.filter((each) => each === step).length;
}
