import type { CycleEdge, FlowNode } from '../../model/index.js';
import { witnessOf } from './cycle-witness.js';
import type { Facts, Occurrence } from './facts.js';
import { plainStep } from './place-names.js';
import { reachability } from './reach.js';
import { childrenOf, stepsUnder } from './tree.js';

/**
 * The overlap that a cycle is about, where the flow wants two occurrences one after the other and does not say which is first: told by the one that began too
 * early, and never as an order that the flow does not require.
 *
 * ```
 *   stock    ──▇▇▇▇▇▇──            credit began before stock ended
 *   credit        ──▇▇▇▇▇──        stock ended before credit began: the flow wants it, or the other way round
 * ```
 *
 * Undefined if the cycle is not about such a pair, or if the two only cannot have the order that something else asks for.
 */
export function overlapOf(
  cycle: readonly CycleEdge[],
  {
    order,
    occurrences,
    facts,
  }: {
    readonly order: FlowNode;
    readonly occurrences: readonly Occurrence[];
    readonly facts: Facts;
  },
): readonly CycleEdge[] | undefined {
  const required = cycle.find(
    ({ from, to, because }) => because.kind === 'flow' && areSerial(order, plainStep(from.step), plainStep(to.step)),
  );
  const pair = [required?.from, required?.to].map((point) =>
    occurrences.find(({ spanId }) => spanId === point?.spanId),
  );
  const [a, b] = pair;
  if (!a || !b || a === b || a.end === undefined || b.end === undefined) return undefined;
  const before = reachability(facts.certain, [a.start, b.start, a.end, b.end]);
  if (!before?.(a.start, b.end) || !before(b.start, a.end)) return undefined;
  const isFirst =
    before(a.start, b.start) || (!before(b.start, a.start) && a.traceStep.startTime <= b.traceStep.startTime);
  const [first, second] = isFirst ? [a, b] : [b, a];
  if (first.end === undefined) return undefined;
  const witness = witnessOf(
    [
      { from: second.start, to: first.end, required: false },
      { from: first.end, to: second.start, required: true },
    ],
    facts,
  );
  return witness.map((edge) =>
    edge.because.kind === 'flow' ? { ...edge, because: { kind: 'flow', serial: true } } : edge,
  );
}

/** True of two rounds of a step, and of steps in different parts of an any-order. */
function areSerial(node: FlowNode, a: string, b: string): boolean {
  const parts = childrenOf(node).map((child) => stepsUnder(child).map(plainStep));
  const partOf = (step: string): number => parts.findIndex((steps) => steps.includes(step));
  if (node.kind === 'repeat' && !node.parallel && a === b && partOf(a) >= 0) return true;
  if (node.kind === 'any-order' && partOf(a) >= 0 && partOf(b) >= 0 && partOf(a) !== partOf(b)) return true;
  return childrenOf(node).some((child) => areSerial(child, a, b));
}
