import { lazily } from '../../lib/lazily.js';
import { decisiveSpanId, spanIdsOf, type TraceStep, type WorkflowTrace } from '../../model/index.js';
import { ancestryOf } from './ancestry.js';
import { certainGraph, certainPairs } from './certain-order.js';
import { type Clocks, solveClocks } from './clocks.js';
import { type StableFacts, stableFacts } from './order-facts.js';
import { nodesOnCycles, type OrderGraph } from './order-graph.js';
import { isAcyclic, type NodePairs, pairsOf, reachability } from './reach.js';
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
  readonly certain: NodePairs;
  /** The same, each fact with its reason; made on first asking. */
  readonly graph: OrderGraph;
  readonly clocks: Clocks;
  /** What of it is certain without comparing the clocks of two processes. */
  knownOrder(): OrderGraph;
  /** Points whose place in their process's sequence is known. */
  readonly stamped: { has(node: number): boolean };
  /**
   * For the start of one occurrence and the end of another: the end of the first and the start of the second, if the first certainly ended before the
   * second started; the latter alone if it certainly started before it.
   */
  endsBefore(start: number, end: number): { readonly end: number | undefined; readonly start: number } | undefined;
  /** When a point was read, nanoseconds since the start of the request, and by the clock of which process. */
  readingOf(node: number): ClockReading;
  /** By process: the readings of its first and of its last point. */
  extents(): readonly ProcessExtent[];
  /** True if the first occurrence is an ancestor of the second, by parent, link or hand-off, at any depth. */
  causes(a: Occurrence, b: Occurrence): boolean;
  /** Pairs of indexes: the first is an ancestor of the second, and no other of them stands between. */
  causesAmong(occurrences: readonly Occurrence[]): readonly number[];
}

export interface ClockReading {
  readonly process: number;
  readonly time: number;
}

export interface ProcessExtent {
  readonly process: number;
  readonly first: number;
  readonly last: number;
}

export type FactsOfTrace =
  | { readonly consistent: true; readonly facts: Facts; readonly occurrences: readonly Occurrence[] }
  | { readonly consistent: false; readonly index: SpanIndex; readonly spanIds: readonly string[] };

/**
 * Facts first: what is certain, before anything is judged by it.
 *
 * Causes that go round in a circle prove nothing, nor do steps that share a span id: those spans are returned instead. Clocks that contradict the causes are dropped,
 * and the rest stands.
 */
export function gatherFacts(trace: WorkflowTrace, steps: readonly TraceStep[]): FactsOfTrace {
  const index = indexSpans(trace);
  const stable = stableFacts(index, trace.startTime);
  const named = namesOf(steps, index);
  const timed = settleClocks(stable, named);
  if (!timed) return { consistent: false, index, spanIds: spansInCircle(stable) };
  const occurrences = steps.flatMap((step) => occurrenceOf(step, stable) ?? []);
  const repeated = repeatedIds(occurrences);
  if (repeated.length > 0) return { consistent: false, index, spanIds: repeated };
  return { consistent: true, occurrences, facts: factsOf({ stable, named, occurrences, ...timed }) };
}

/** Ids that several occurrences share: whatever points at one of them may mean the other. */
function repeatedIds(occurrences: readonly Occurrence[]): readonly string[] {
  const starts = new Set<number>();
  const repeated = new Set<string>();
  for (const { start, spanId } of occurrences) {
    if (starts.has(start)) repeated.add(spanId);
    starts.add(start);
  }
  return [...repeated];
}

/** By span: the name of the step that it is, or that it is the last try of; undefined for scenery. */
type StepNames = readonly (string | undefined)[];

function namesOf(steps: readonly TraceStep[], index: SpanIndex): StepNames {
  const names: (string | undefined)[] = index.spans.map(() => undefined);
  for (const step of steps) {
    for (const spanId of [step.spanId, decisiveSpanId(step)]) {
      const place = index.placeOf(spanId);
      if (place >= 0) names[place] = step.stepName;
    }
  }
  return names;
}

interface Timed {
  readonly clocks: Clocks;
  readonly certain: NodePairs;
}

/** Drops clocks until what the others say contradicts nothing. Undefined if there is a contradiction without any clock. */
function settleClocks(stable: StableFacts, named: StepNames): Timed | undefined {
  const { index, readings, brokenClocks } = stable;
  const isAsked = (span: number): boolean => named[span] !== undefined;
  let broken: ReadonlySet<number> = brokenClocks;
  for (let round = 0; ; round++) {
    const clocks = solveClocks(readings, { count: index.processCount, broken });
    const certain = certainPairs(stable, { clocks, isAsked });
    if (isAcyclic(certain)) return { clocks, certain };
    if (round === 0 && !isAcyclic(certainPairs(stable))) return undefined;
    const graph = certainGraph(stable, { stepOf: (span) => named[span], clocked: { clocks, isAsked } });
    const onCycles = [...nodesOnCycles(graph)].flatMap((node) => graph.points[node]?.process ?? []);
    broken = new Set([...clocks.dropped, ...onCycles]);
  }
}

function factsOf({ stable, named, occurrences, clocks, certain }: Timed & Gathered): Facts {
  const { index, spanAt, stamps, times } = stable;
  const stepOf = (span: number): string | undefined => named[span];
  const isAsked = (span: number): boolean => named[span] !== undefined;
  const spanOf = ({ start }: Occurrence): number => spanAt[start] as number;
  const readingOf = (node: number): ClockReading => ({
    process: index.processes[spanAt[node] as number] as number,
    time: times[node] as number,
  });
  const spelledOut = lazily(
    {},
    {
      graph: () => certainGraph(stable, { stepOf, clocked: { clocks, isAsked } }),
      ancestry: () => ancestryOf(withTriesAsOne(index, occurrences), isOccurrence({ stable, occurrences })),
    },
  );
  const known: Omit<Facts, 'graph'> = {
    index,
    certain,
    clocks,
    knownOrder: () => certainGraph(stable, { stepOf, clocked: { clocks: eachItsOwn(clocks), isAsked: () => true } }),
    stamped: { has: (node) => (stamps[node] ?? -1) >= 0 },
    endsBefore: (start, end) => inversion(spelledOut.graph, { occurrences, start, end }),
    readingOf,
    extents: () => extentsOf(stable),
    causes: (a, b) => spelledOut.ancestry.causes(spanOf(a), spanOf(b)),
    causesAmong: (members) => spelledOut.ancestry.causesAmong(members.map(spanOf)),
  };
  return lazily(known, { graph: () => spelledOut.graph });
}

/** The spans with the tries of each step put together: what is under any of them is under the first, and what caused that one caused them all. */
function withTriesAsOne(index: SpanIndex, occurrences: readonly Occurrence[]): SpanIndex {
  const tried = occurrences.filter(({ traceStep }) => traceStep.attempts.length > 1);
  if (tried.length === 0) return index;
  const firstOf = new Map<number, number>();
  for (const { traceStep } of tried) {
    const first = index.placeOf(traceStep.spanId);
    for (const spanId of spanIdsOf(traceStep)) firstOf.set(index.placeOf(spanId), first);
  }
  const asOne = (place: number): number => firstOf.get(place) ?? place;
  return {
    ...index,
    parents: index.parents.map(asOne),
    causesOf: (place) => index.causesOf(place).map(asOne),
  };
}

interface Gathered {
  readonly stable: StableFacts;
  readonly named: StepNames;
  readonly occurrences: readonly Occurrence[];
}

function extentsOf({ index, spanAt, times }: StableFacts): readonly ProcessExtent[] {
  const first: number[] = [];
  const last: number[] = [];
  for (let process = 0; process < index.processCount; process++) {
    first.push(Infinity);
    last.push(-Infinity);
  }
  for (let node = 0; node < times.length; node++) {
    const time = times[node] as number;
    const process = index.processes[spanAt[node] as number] as number;
    if (time < (first[process] as number)) first[process] = time;
    if (time > (last[process] as number)) last[process] = time;
  }
  return first.map((time, process) => ({ process, first: time, last: last[process] as number }));
}

function isOccurrence({ stable, occurrences }: Pick<Gathered, 'stable' | 'occurrences'>): readonly boolean[] {
  const flags = stable.index.spans.map(() => false);
  for (const { start } of occurrences) flags[stable.spanAt[start] as number] = true;
  return flags;
}

function inversion(
  graph: OrderGraph,
  {
    occurrences,
    start,
    end,
  }: { readonly occurrences: readonly Occurrence[]; readonly start: number; readonly end: number },
): ReturnType<Facts['endsBefore']> {
  const first = occurrences.find((each) => each.start === start);
  const second = occurrences.find((each) => each.end === end);
  if (!first || !second || first === second) return undefined;
  const isBefore = reachability(pairsOf(graph), [second.start]);
  const ends = first.end !== undefined && isBefore?.(first.end, second.start);
  if (ends) return { end: first.end, start: second.start };
  return isBefore?.(first.start, second.start) ? { end: undefined, start: second.start } : undefined;
}

/** The same clocks, each of which says something of its own process alone. */
function eachItsOwn(clocks: Clocks): Clocks {
  return { ...clocks, bound: (from, to) => (from === to ? clocks.bound(from, to) : Infinity) };
}

function occurrenceOf(step: TraceStep, { index, starts, ends }: StableFacts): Occurrence | undefined {
  const { spanId, stepName } = step;
  const place = index.placeOf(spanId);
  if (place < 0) return undefined;
  const lastId = decisiveSpanId(step);
  const last = lastId === spanId ? place : index.placeOf(lastId);
  const end = ends[last] ?? -1;
  return {
    step: stepName,
    spanId,
    start: starts[place] as number,
    end: end < 0 ? undefined : end,
    tied: index.isTied(place),
    traceStep: step,
  };
}

/** Sorted by id. */
function spansInCircle(stable: StableFacts): readonly string[] {
  const graph = certainGraph(stable, { stepOf: () => undefined });
  const ids = [...nodesOnCycles(graph)].flatMap((node) => graph.points[node]?.spanId ?? []);
  return [...new Set(ids)].sort();
}
