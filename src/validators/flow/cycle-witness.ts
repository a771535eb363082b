import type { CycleEdge, OrderFact, StepPoint } from '../../model/index.js';
import type { Clocks } from './clocks.js';
import { type ArrowReason, nodesOnCycles, type OrderGraph, type Point } from './order-graph.js';

interface Step {
  readonly from: number;
  readonly because: ArrowReason;
}

/** More starting points than this are not tried: the witness is then a cycle, if not the shortest. */
const MAX_SOURCES = 400;

/**
 * The cycle with the fewest points of steps, as arrows between them. Spans that are no step, and boundaries, are passed through: the arrow names
 * the weakest fact on the way. Undefined if there is no cycle.
 */
export function shortestCycle(graph: OrderGraph, clocks: Clocks): readonly CycleEdge[] | undefined {
  const cyclic = nodesOnCycles(graph);
  const sources = [...cyclic].filter((node) => graph.points[node]?.step !== undefined);
  let best: readonly Hop[] | undefined;
  for (const source of sources.slice(0, MAX_SOURCES)) {
    const limit = best ? best.length : Infinity;
    const found = cycleThrough(graph, { source, cyclic, limit });
    if (found && found.length < limit) best = found;
  }
  return best?.map((hop) => describe(hop, { graph, clocks }));
}

/** From one step's point to the next, with the reasons of all arrows on the way. */
interface Hop {
  readonly from: number;
  readonly to: number;
  readonly reasons: readonly ArrowReason[];
}

function cycleThrough(
  graph: OrderGraph,
  { source, cyclic, limit }: { readonly source: number; readonly cyclic: ReadonlySet<number>; readonly limit: number },
): readonly Hop[] | undefined {
  const reached = new Map<number, Step>();
  const closed = new Set<number>();
  let layer = [source];
  for (let points = 1; layer.length > 0 && points < limit; points++) {
    const next: number[] = [];
    const stack = [...layer];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (closed.has(node)) continue;
      closed.add(node);
      for (const { to, because } of graph.arrows[node] ?? []) {
        if (to === source) return hops(graph, { source, last: { from: node, because }, reached });
        if (!cyclic.has(to) || reached.has(to)) continue;
        reached.set(to, { from: node, because });
        if (graph.points[to]?.step === undefined) stack.push(to);
        else next.push(to);
      }
    }
    layer = next;
  }
  return undefined;
}

function hops(
  graph: OrderGraph,
  {
    source,
    last,
    reached,
  }: { readonly source: number; readonly last: Step; readonly reached: ReadonlyMap<number, Step> },
): readonly Hop[] {
  const found: Hop[] = [];
  let to = source;
  let step: Step | undefined = last;
  let reasons: ArrowReason[] = [];
  while (step) {
    reasons.unshift(step.because);
    if (graph.points[step.from]?.step !== undefined) {
      found.unshift({ from: step.from, to, reasons });
      to = step.from;
      reasons = [];
    }
    step = step.from === source ? undefined : reached.get(step.from);
  }
  return found;
}

function describe(hop: Hop, { graph, clocks }: { readonly graph: OrderGraph; readonly clocks: Clocks }): CycleEdge {
  const [from, to] = [graph.points[hop.from] as Point, graph.points[hop.to] as Point];
  return { from: stepPoint(from), to: stepPoint(to), because: orderFact(hop.reasons, { from, to, clocks }) };
}

function stepPoint(point: Point): StepPoint {
  return { step: point.step ?? '', spanId: point.spanId, point: point.at };
}

function orderFact(
  reasons: readonly ArrowReason[],
  { from, to, clocks }: { readonly from: Point; readonly to: Point; readonly clocks: Clocks },
): OrderFact {
  const kinds = new Set(reasons.map(({ kind }) => kind));
  if (kinds.has('flow')) return { kind: 'flow' };
  if (kinds.has('clock'))
    return { kind: 'clock', gapMs: toMs(to.time - from.time - clocks.bound(from.process, to.process)) };
  const offset = reasons.find((reason) => reason.kind === 'offset');
  if (offset) return offset;
  if (from.spanId === to.spanId) return { kind: 'span' };
  if (kinds.has('sequence') && from.process === to.process && !kinds.has('cause')) {
    return { kind: 'sequence', service: from.service, gapMs: toMs(to.time - from.time) };
  }
  return { kind: 'cause' };
}

function toMs(nanos: number): number {
  return Math.max(0, Math.round(nanos / 1_000) / 1_000);
}
