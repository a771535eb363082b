import { hasBit } from './bits.js';
import type { ClosedFacts } from './closed-facts.js';
import type { RequestOrder } from './request-order.js';
import type { RequiredOrder } from './run.js';

/** Whether the facts let one occurrence come before another, as a run requires it. */
export interface PairFacts {
  readonly facts: ClosedFacts;
  readonly request: RequestOrder;
}

/**
 * How a run's order asks one occurrence to come before another, given what is known of causes: a must have ended before b starts, only have started, or
 * nothing, because a is an ancestor of b.
 */
export function demandOf(
  a: number,
  b: number,
  { by, facts, request }: PairFacts & { readonly by: 'start' | 'end' },
): 'end' | 'start' | 'nothing' {
  if (hasBit(facts.ancestors, b, a)) return 'nothing';
  return by === 'start' || request.occurrences[b]?.tied !== true ? 'start' : 'end';
}

/** True if it is certain that b starts before a does what it must do first. */
export function isInverted(a: number, b: number, options: PairFacts & { readonly by: 'start' | 'end' }): boolean {
  const demand = demandOf(a, b, options);
  if (demand === 'nothing') return false;
  return hasBit(demand === 'end' ? options.facts.beforeEnd : options.facts.beforeStart, a, b);
}

/** Where an occurrence stands in what a run requires. */
interface Membership {
  readonly order: RequiredOrder;
  readonly part: number;
}

/** By occurrence: the parts of required orders that it is in. */
export function membershipsOf(required: readonly RequiredOrder[]): ReadonlyMap<number, readonly Membership[]> {
  const memberships = new Map<number, Membership[]>();
  for (const order of required) {
    order.parts.forEach((members, part) => {
      for (const member of members) {
        const known = memberships.get(member) ?? [];
        memberships.set(member, known);
        known.push({ order, part });
      }
    });
  }
  return memberships;
}
