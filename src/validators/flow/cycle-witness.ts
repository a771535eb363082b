import type { CycleEdge, OrderFact, StepPoint } from '../../model/index.js';
import type { Facts } from './facts.js';
import { type ArrowReason, BECAUSE, type OrderGraph, type Point } from './order-graph.js';

interface Step {
  readonly from: number;
  readonly because: ArrowReason;
}

type WitnessFacts = Pick<Facts, 'graph' | 'clocks' | 'stamped' | 'endsBefore'>;

/** An arrow between points of steps, known to be there. */
export interface KnownArrow {
  readonly from: number;
  readonly to: number;
  /** True: the flow requires it; false: it is certain. */
  readonly required: boolean;
}

/** A cycle whose arrows are known, with the reasons of those that are certain. */
export function witnessOf(cycle: readonly KnownArrow[], facts: WitnessFacts): readonly CycleEdge[] {
  const { graph } = facts;
  return cycle
    .map(
      ({ from, to, required }): Hop => ({
        from,
        to,
        reasons: required ? [BECAUSE.flow] : reasonsBetween(from, to, graph),
      }),
    )
    .flatMap((hop) => tighten(hop, facts))
    .map((hop) => describe(hop, { graph, facts }));
}

/** The reasons on a shortest way from one point to another. */
function reasonsBetween(from: number, to: number, graph: OrderGraph): readonly ArrowReason[] {
  const reached = new Map<number, Step>();
  const queue = [from];
  for (const node of queue) {
    for (const { to: next, because } of graph.arrows[node] ?? []) {
      if (reached.has(next)) continue;
      reached.set(next, { from: node, because });
      queue.push(next);
    }
    if (reached.has(to)) break;
  }
  const reasons: ArrowReason[] = [];
  for (let step = reached.get(to); step; step = step.from === from ? undefined : reached.get(step.from)) {
    reasons.unshift(step.because);
  }
  return reasons;
}

/** From one step's point to the next, with the reasons of all arrows on the way. */
interface Hop {
  readonly from: number;
  readonly to: number;
  readonly reasons: readonly ArrowReason[];
}

/**
 * That one occurrence started before another ended is true of an overlap too. Where it ended, or at least started, before the other even started, the
 * arrow says so.
 *
 * ```
 *   s_a ───────────▶ e_b     becomes     s_a ─▶ e_a ───▶ s_b ─▶ e_b     or     s_a ───▶ s_b ─▶ e_b
 * ```
 */
function tighten(hop: Hop, { endsBefore }: WitnessFacts): readonly Hop[] {
  if (hop.reasons.some(({ kind }) => kind === 'flow')) return [hop];
  const wide = endsBefore(hop.from, hop.to);
  if (!wide) return [hop];
  if (wide.end === undefined) {
    return [
      { from: hop.from, to: wide.start, reasons: hop.reasons },
      { from: wide.start, to: hop.to, reasons: [BECAUSE.span] },
    ];
  }
  return [
    { from: hop.from, to: wide.end, reasons: [BECAUSE.span] },
    { from: wide.end, to: wide.start, reasons: hop.reasons },
    { from: wide.start, to: hop.to, reasons: [BECAUSE.span] },
  ];
}

function describe(hop: Hop, { graph, facts }: { readonly graph: OrderGraph; readonly facts: WitnessFacts }): CycleEdge {
  const [from, to] = [graph.points[hop.from] as Point, graph.points[hop.to] as Point];
  return { from: stepPoint(from), to: stepPoint(to), because: orderFact(hop, { from, to, facts }) };
}

function stepPoint(point: Point): StepPoint {
  return { step: point.step ?? '', spanId: point.spanId, service: point.service, point: point.at };
}

function orderFact(
  hop: Hop,
  { from, to, facts }: { readonly from: Point; readonly to: Point; readonly facts: WitnessFacts },
): OrderFact {
  const kinds = new Set(hop.reasons.map(({ kind }) => kind));
  if (kinds.has('flow')) return { kind: 'flow' };
  if (from.spanId === to.spanId) return { kind: 'span' };
  if (from.process === to.process && facts.stamped.has(hop.from) && facts.stamped.has(hop.to)) {
    return { kind: 'sequence', service: from.service, gapMs: toMs(to.time - from.time) };
  }
  const offset = hop.reasons.find((reason) => reason.kind === 'offset');
  if (offset) return offset;
  const gap = to.time - from.time - facts.clocks.bound(from.process, to.process);
  if (!kinds.has('clock') || gap <= 0) return { kind: 'cause' };
  return { kind: 'clock', gapMs: toMs(gap), ...(from.process === to.process && { one: from.service }) };
}

function toMs(nanos: number): number {
  return Math.max(0, Math.round(nanos / 1_000) / 1_000);
}
