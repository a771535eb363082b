import {
  costsOf,
  type LeastEdits,
  type OrderChecker,
  type OrderNode,
  partsOf,
  type RequestOrder,
} from '../conformance/index.js';
import type { CheckedRequest } from './checked-request.js';
import { plainStep } from './place-names.js';

interface Awaiting {
  readonly checker: OrderChecker;
  readonly open: CheckedRequest['open'];
}

/**
 * Steps that would have to come for a request to conform that may yet, and still can. Nothing that has come is taken for a mistake: what was begun is awaited to its end.
 *
 * ```
 *   flow   a → choice: [repeat vote 3..7 → write] or [refuse]
 *   seen   a vote         vote and write, though to refuse in place of the vote would be less
 *   seen   a              vote and refuse: the first of each way on
 * ```
 */
export function awaitedSteps(asked: RequestOrder, awaiting: Awaiting): readonly string[] {
  const shown = shownOf(asked, awaiting);
  const completion = awaiting.checker.completion(asked, shown);
  if (!completion) return awaitedBesides(asked, awaiting);
  const { order } = awaiting.checker;
  const costs = costsOf(order.nodes, (place) => shown.has(order.places[place]?.label ?? ''));
  const lacking = completion.inserted.flatMap(({ place }) => {
    const choice = untaken(place, completion, awaiting.checker);
    return choice ? firstOf(choice, costs) : [place];
  });
  return stepsAt(lacking, awaiting);
}

/** The same of a request that cannot conform any more: what is missing besides what is wrong. */
export function awaitedBesides(asked: RequestOrder, awaiting: Awaiting): readonly string[] {
  const shown = shownOf(asked, awaiting);
  const { inserted, deleted } = awaiting.checker.leastEdits({ ...asked, mayStillCome: shown });
  const moved = new Set(deleted.map(({ movedTo }) => movedTo));
  const lacking = inserted.filter(({ occurrence }) => !moved.has(occurrence));
  return stepsAt(
    lacking.map(({ place }) => place),
    awaiting,
  );
}

function shownOf({ mayStillCome = new Set() }: RequestOrder, { open }: Awaiting): ReadonlySet<string> {
  return new Set([...mayStillCome].filter((label) => open.storeShown(plainStep(label))));
}

function stepsAt(places: readonly number[], { checker, open }: Awaiting): readonly string[] {
  const steps = places.flatMap((place) => checker.order.places[place]?.step ?? []);
  return [...new Set(steps)].filter((step) => open.mayStillCome(step));
}

/** The outermost choice around a place of which nothing was begun. */
function untaken(place: number, { run, inserted }: LeastEdits, { order }: OrderChecker): OrderNode | undefined {
  const added = new Set(inserted.map(({ occurrence }) => occurrence));
  const isBegun = ({ first, after }: OrderNode): boolean =>
    run.places.some((at, i) => at !== undefined && first <= at && at < after && !added.has(i));
  return order.nodes.findLast(
    (node) =>
      (node.kind === 'choice' || node.kind === 'any-of') && node.first <= place && place < node.after && !isBegun(node),
  );
}

/** The places at which a run of a part can begin, but for those that it can do without. */
function firstOf(node: OrderNode, costs: readonly number[]): readonly number[] {
  if (node.kind === 'place') return [node.first];
  const needed = partsOf(node).filter(({ id }) => costs[id] !== 0);
  const first = node.kind === 'sequence' || node.kind === 'repeat' ? needed.slice(0, 1) : needed;
  return first.flatMap((part) => firstOf(part, costs));
}
