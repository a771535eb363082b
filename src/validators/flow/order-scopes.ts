import { oncePer } from '../../lib/once-per.js';
import type { CompiledFlow, FlowNode } from '../../model/index.js';
import type { Facts, Occurrence } from './facts.js';
import { childrenOf, stepsUnder } from './tree.js';

/** An order and the occurrences that are held to it: those of the whole request, or those inside one occurrence. */
export interface OrderScope {
  readonly order: FlowNode;
  readonly occurrences: readonly Occurrence[];
  /** The occurrence inside of which it is; undefined for the request itself. */
  readonly inside: Occurrence | undefined;
}

/**
 * Splits the occurrences of a request by the orders they are held to. What happens inside an occurrence whose step has an order of its own, and is a step of that
 * order, belongs to the nearest such occurrence; the rest belongs to the flow's own order. A step that no order names belongs to none; nor does one whose
 * ancestors are not all held, if what is missing above it could be what it has to be inside of, or hang under.
 */
export function orderScopes(
  flow: Orders,
  { occurrences, facts }: { readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): readonly OrderScope[] {
  const { insides, outer } = stepsWithOrder(flow);
  if (insides.size === 0) {
    const members = occurrences.filter(({ step }) => outer.has(step));
    return [
      {
        order: flow.order,
        occurrences: hung(members, { order: flow.order, everyone: occurrences, facts }),
        inside: undefined,
      },
    ];
  }
  const inner = new Set([...insides.values()].flatMap(stepsUnder));
  const owners = occurrences.filter(({ step }) => insides.has(step));
  const held = new Map<Occurrence | undefined, Occurrence[]>([[undefined, []]]);
  for (const owner of owners) held.set(owner, []);
  for (const occurrence of occurrences) {
    if (!outer.has(occurrence.step)) continue;
    const owner = ownerOf(occurrence, { owners, insides, facts });
    if (owner || occurrence.tied || !inner.has(occurrence.step)) held.get(owner)?.push(occurrence);
  }
  return [...held].map(([inside, members]) => {
    const order = (inside && insides.get(inside.step)) ?? flow.order;
    return { order, occurrences: hung(members, { order, everyone: occurrences, facts }), inside };
  });
}

/** Without those whose place is bound, and that hang under none of the steps for all that is held. */
function hung(
  members: readonly Occurrence[],
  {
    order,
    everyone,
    facts,
  }: { readonly order: FlowNode; readonly everyone: readonly Occurrence[]; readonly facts: Facts },
): readonly Occurrence[] {
  const bound = boundSteps(order);
  if (bound.size === 0 || members.every(({ tied }) => tied)) return members;
  return members.filter((member) => {
    const anchors = member.tied ? undefined : bound.get(member.step);
    return !anchors || everyone.some((other) => anchors.includes(other.step) && facts.causes(other, member));
  });
}

type Orders = Pick<CompiledFlow, 'order' | 'steps'>;

/** Steps with an order of their own, and all steps that some order names. */
const stepsWithOrder = oncePer(({ order, steps }: Orders) => {
  const insides = new Map(steps.flatMap(({ name, inside }) => (inside ? [[name, inside] as const] : [])));
  return { insides, outer: new Set([order, ...insides.values()].flatMap(stepsUnder)) };
});

/** Of the occurrences that it is inside of and whose order has its step, the nearest: the one that the others are ancestors of. */
function ownerOf(
  occurrence: Occurrence,
  {
    owners,
    insides,
    facts,
  }: {
    readonly owners: readonly Occurrence[];
    readonly insides: ReadonlyMap<string, FlowNode>;
    readonly facts: Facts;
  },
): Occurrence | undefined {
  const around = owners.filter((owner) => {
    const order = insides.get(owner.step);
    return (
      order && owner !== occurrence && stepsUnder(order).includes(occurrence.step) && facts.causes(owner, occurrence)
    );
  });
  return around.find((owner) => !around.some((other) => other !== owner && facts.causes(owner, other)));
}

/** By step, the steps whose occurrences its places are bound to. */
export const boundSteps = oncePer((order: FlowNode): ReadonlyMap<string, readonly string[]> => {
  const bound = new Map<string, string[]>();
  const walk = (node: FlowNode): void => {
    if (node.kind === 'step' && node.under !== undefined) {
      bound.set(node.step, [...(bound.get(node.step) ?? []), node.under]);
    }
    childrenOf(node).forEach(walk);
  };
  walk(order);
  return bound;
});
