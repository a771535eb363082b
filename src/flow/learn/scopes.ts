import { learnOrder } from './learn-order.js';
import type { LearntNode } from './learnt-node.js';
import { type LostOrder, lostOrders } from './lost-orders.js';
import { type Log, labelOf, labelsOf, type Part, restrict } from './seen-request.js';

/** The order of a log, and the orders of what happens inside steps of it. */
export interface LearntOrders {
  readonly order: LearntNode | undefined;
  /** By step. */
  readonly insides: ReadonlyMap<string, LearntNode>;
  /** What the order of the log cannot say. */
  readonly lost: readonly LostOrder[];
}

/**
 * Learns an order and those inside steps. What always happens below a step that happens several times is learnt for each time by itself: which belongs to
 * which is known by the cause, and need not be guessed.
 */
export function learnOrders(log: Log): LearntOrders {
  const owners = ownersIn(log);
  const outer = new Set(labelsOf(log).filter((label) => !owners.has(label)));
  const outside = restrict(log, outer);
  const order = learnOrder(outside);
  const insides = new Map<string, LearntNode>();
  for (const owner of new Set(owners.values())) {
    const owned = new Set([...owners].flatMap(([label, by]) => (by === owner ? [label] : [])));
    const inner = learnOrders(insideOf(log, owner, owned));
    if (inner.order) insides.set(owner, inner.order);
    for (const [step, inside] of inner.insides) insides.set(step, inside);
  }
  return { order, insides, lost: order ? lostOrders(outside, order) : [] };
}

/** By step that only ever happens below a step that happens several times: that step. Where several are round it, the outermost. */
function ownersIn(log: Log): ReadonlyMap<string, string> {
  const labels = labelsOf(log);
  const several = labels.filter((label) => log.some((part) => membersOf(part, label).length > 1));
  const isBelow = (label: string, owner: string): boolean =>
    label !== owner &&
    log.every((part) =>
      membersOf(part, label).every((member) => ancestorsIn(part, member).some((each) => labelOf(part, each) === owner)),
    );
  const owned = new Map<string, string>();
  for (const label of labels) {
    const around = several.filter((owner) => isBelow(label, owner));
    const outermost = around.find((owner) => !around.some((other) => isBelow(owner, other)));
    if (outermost !== undefined) owned.set(label, outermost);
  }
  return owned;
}

/** A part for each happening of the owner: what is below it, and below no nearer one of its kind. */
function insideOf(log: Log, owner: string, owned: ReadonlySet<string>): Log {
  return log.flatMap((part) =>
    membersOf(part, owner).map((each) => ({
      request: part.request,
      members: part.members.filter(
        (member) => owned.has(labelOf(part, member)) && nearest(part, member, owner) === each,
      ),
    })),
  );
}

function nearest(part: Part, member: number, owner: string): number | undefined {
  const around = ancestorsIn(part, member).filter((each) => labelOf(part, each) === owner);
  return around.find((each) => !around.some((other) => part.request.causes[other]?.has(each)));
}

function ancestorsIn(part: Part, member: number): readonly number[] {
  const causes = part.request.causes[member];
  return part.members.filter((other) => causes?.has(other));
}

function membersOf(part: Part, label: string): readonly number[] {
  return part.members.filter((member) => labelOf(part, member) === label);
}
