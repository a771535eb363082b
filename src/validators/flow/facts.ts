import type { TraceStep, WorkflowTrace } from '../../model/index.js';
import { addClockOrder } from './clock-order.js';
import { type Clocks, solveClocks } from './clocks.js';
import { stableFacts } from './order-facts.js';
import { copyGraph, nodesOnCycles, type OrderGraph, sortNodes } from './order-graph.js';
import { reachability } from './reach.js';
import { indexSpans, type SpanIndex } from './span-index.js';

/** One happening of a step of the flow, with its two points in the order graph. */
export interface Occurrence {
  readonly step: string;
  readonly spanId: string;
  readonly start: number;
  /** Undefined while it has not ended: nothing is known of its end. */
  readonly end: number | undefined;
  /** True when all its ancestors are held: what is no ancestor of it now never will be. */
  readonly tied: boolean;
  readonly traceStep: TraceStep;
}

/** What is certain about the order of a request's happenings, whatever the flow says. */
export interface Facts {
  readonly index: SpanIndex;
  /** Acyclic: what is certain, by cause, sequence, offset and clock. */
  readonly graph: OrderGraph;
  readonly clocks: Clocks;
  /** What of it is certain without comparing the clocks of two processes. */
  knownOrder(): OrderGraph;
  /** Points whose place in their process's sequence is known. */
  readonly stamped: ReadonlySet<number>;
  /**
   * For the start of one occurrence and the end of another: the end of the first and the start of the second, if the first certainly ended before the
   * second started; the latter alone if it certainly started before it.
   */
  endsBefore(start: number, end: number): { readonly end: number | undefined; readonly start: number } | undefined;
  /** The arrows of the graph as pairs of nodes, one after the other in one list. */
  readonly certain: readonly number[];
  /** True if the first occurrence is an ancestor of the second, by parent, link or hand-off, at any depth. */
  causes(a: Occurrence, b: Occurrence): boolean;
  /** The spans of the occurrences that are its nearest ancestors. */
  nearestCauses(occurrence: Occurrence): ReadonlySet<string>;
}

export type FactsOfTrace =
  | { readonly consistent: true; readonly facts: Facts; readonly occurrences: readonly Occurrence[] }
  | { readonly consistent: false; readonly index: SpanIndex; readonly spanIds: readonly string[] };

/**
 * Facts first: what is certain, before anything is judged by it.
 *
 * Causes that go round in a circle prove nothing: the spans on the circle are returned instead. Clocks that contradict the causes are dropped,
 * and the rest stands.
 */
export function gatherFacts(trace: WorkflowTrace, steps: readonly TraceStep[]): FactsOfTrace {
  const index = indexSpans(trace);
  const byFirstSpan = new Map(steps.flatMap((step) => spansOf(step).map((spanId) => [spanId, step.stepName] as const)));
  const stable = stableFacts(index, { origin: trace.startTime, stepOf: (spanId) => byFirstSpan.get(spanId) });
  if (!sortNodes(stable.graph)) {
    return { consistent: false, index, spanIds: spansAt(stable.graph, nodesOnCycles(stable.graph)) };
  }

  const processes = new Set(index.spans.map((span) => index.processOf(span)));
  let clocks = solveClocks(stable.readings, { processes, broken: stable.brokenClocks });
  let graph = withClocks(stable.graph, { clocks, stamped: stable.stamped });
  while (!sortNodes(graph)) {
    const broken = new Set(clocks.dropped);
    for (const node of nodesOnCycles(graph)) broken.add(graph.points[node]?.process ?? '');
    clocks = solveClocks(stable.readings, { processes, broken });
    graph = withClocks(stable.graph, { clocks, stamped: stable.stamped });
  }
  const occurrences = steps.flatMap((step) => occurrenceOf(step, { index, stable }));
  return {
    consistent: true,
    occurrences,
    facts: {
      index,
      graph,
      clocks,
      knownOrder: () =>
        withClocks(stable.graph, { clocks: eachItsOwn(clocks), stamped: stable.stamped, scenery: true }),
      stamped: stable.stamped,
      endsBefore: inversions(graph, occurrences),
      certain: arrowPairs(graph),
      causes: ancestry(index, occurrences),
      nearestCauses: nearest(index, occurrences),
    },
  };
}

function inversions(graph: OrderGraph, occurrences: readonly Occurrence[]): Facts['endsBefore'] {
  return (start, end) => {
    const first = occurrences.find((each) => each.start === start);
    const second = occurrences.find((each) => each.end === end);
    if (!first || !second || first === second) return undefined;
    const isBefore = reachability(graph, [second.start]);
    const ends = first.end !== undefined && isBefore?.(first.end, second.start);
    if (ends) return { end: first.end, start: second.start };
    return isBefore?.(first.start, second.start) ? { end: undefined, start: second.start } : undefined;
  };
}

function withClocks(stable: OrderGraph, options: Parameters<typeof addClockOrder>[1]): OrderGraph {
  const graph = copyGraph(stable);
  addClockOrder(graph, options);
  return graph;
}

/** The same clocks, each of which says something of its own process alone. */
function eachItsOwn(clocks: Clocks): Clocks {
  return { ...clocks, bound: (from, to) => (from === to ? clocks.bound(from, to) : Infinity) };
}

function spansOf(step: TraceStep): readonly string[] {
  return [step.spanId, step.attempts.at(-1)?.spanId ?? step.spanId];
}

function occurrenceOf(
  step: TraceStep,
  { index, stable }: { index: SpanIndex; stable: ReturnType<typeof stableFacts> },
): readonly Occurrence[] {
  const [first = '', last = ''] = spansOf(step);
  const span = index.get(first);
  const start = stable.startOf.get(first);
  if (!span || start === undefined) return [];
  const end = stable.endOf.get(last);
  return [{ step: step.stepName, spanId: first, start, end, tied: index.isTied(span), traceStep: step }];
}

/** Ancestors that are occurrences, per occurrence; found on first asking. */
function ancestry(index: SpanIndex, occurrences: readonly Occurrence[]): Facts['causes'] {
  const isStep = new Set(occurrences.map(({ spanId }) => spanId));
  const known = new Map<string, ReadonlySet<string>>();
  const ancestorsOf = (spanId: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const visited = new Set([spanId]);
    const queue = [spanId];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const span = index.get(next);
      for (const cause of span ? index.causesOf(span) : []) {
        if (visited.has(cause.spanId)) continue;
        visited.add(cause.spanId);
        queue.push(cause.spanId);
        if (isStep.has(cause.spanId)) found.add(cause.spanId);
      }
    }
    return found;
  };
  return (a, b) => {
    let ancestors = known.get(b.spanId);
    if (!ancestors) {
      ancestors = ancestorsOf(b.spanId);
      known.set(b.spanId, ancestors);
    }
    return ancestors.has(a.spanId);
  };
}

/** Goes up from an occurrence by every cause, and no further than the next occurrence. */
function nearest(index: SpanIndex, occurrences: readonly Occurrence[]): Facts['nearestCauses'] {
  const isStep = new Set(occurrences.map(({ spanId }) => spanId));
  return ({ spanId }) => {
    const found = new Set<string>();
    const visited = new Set([spanId]);
    const queue = [spanId];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const span = index.get(next);
      for (const cause of span ? index.causesOf(span) : []) {
        if (visited.has(cause.spanId)) continue;
        visited.add(cause.spanId);
        if (isStep.has(cause.spanId)) found.add(cause.spanId);
        else queue.push(cause.spanId);
      }
    }
    return found;
  };
}

function arrowPairs({ arrows }: OrderGraph): readonly number[] {
  const pairs: number[] = [];
  arrows.forEach((list, from) => {
    for (const { to } of list) pairs.push(from, to);
  });
  return pairs;
}

function spansAt(graph: OrderGraph, nodes: Iterable<number>): readonly string[] {
  const ids = [...nodes].flatMap((node) => graph.points[node]?.spanId ?? []);
  return [...new Set(ids)].sort();
}
