import type { ArrowSink } from './arrow-sink.js';
import type { Clocks } from './clocks.js';
import type { StableFacts } from './order-facts.js';
import { BECAUSE } from './order-graph.js';
import { sortByNumber } from './sorted.js';
import { TOLERANCE_NANOS } from './tolerance.js';

/** Points of one process in the order of their times. */
interface Timeline {
  readonly nodes: readonly number[];
  readonly times: readonly number[];
  /** By point: a node that comes before it and before all later ones. */
  readonly from: readonly number[];
}

/** The points of one process that clocks are asked about. */
interface ProcessPoints {
  readonly process: number;
  readonly whole: Timeline;
  /** Without those whose place in the sequence is known. */
  readonly unstamped: Timeline;
  /** True if the sequence already has all of them in this order, so that what comes before one of them comes before the later ones. */
  readonly isLine: boolean;
}

export interface ClockOrderOptions {
  readonly clocks: Clocks;
  /** By span: true if clocks are asked about its points. */
  readonly isAsked: (span: number) => boolean;
  /** True: each fact for itself, also where it follows from others, as a witness needs it. */
  readonly spelledOut: boolean;
}

/**
 * Adds what the clocks prove between the points of spans: p before q if the readings differ by more than the clocks can. Within one process
 * two stamped points need no clock, and get none. Linear in points × processes.
 */
export function addClockOrder(sink: ArrowSink, facts: StableFacts, options: ClockOrderOptions): void {
  const busy = askedPoints(facts, options).map((nodes) => timelinesOf(nodes, { sink, facts, options }));
  for (const to of busy) {
    for (const from of busy) {
      const bound = options.clocks.bound(from.process, to.process);
      if (bound === Infinity) continue;
      if (from === to) addWithin(sink, from, { bound, stamps: facts.stamps });
      else addAcross(sink, { from, to, bound, spelledOut: options.spelledOut });
    }
  }
}

/** By process whose clock is usable, in the order of their numbers: its points, in the order of their nodes. */
function askedPoints(
  { index, starts, ends }: StableFacts,
  { clocks, isAsked }: ClockOrderOptions,
): readonly number[][] {
  const byProcess: number[][] = Array.from({ length: index.processCount }, () => []);
  index.processes.forEach((process, span) => {
    if (!isAsked(span) || clocks.dropped.has(process)) return;
    const nodes = byProcess[process] as number[];
    nodes.push(starts[span] as number);
    const end = ends[span] as number;
    if (end >= 0) nodes.push(end);
  });
  return byProcess.filter(({ length }) => length > 0);
}

interface TimelineOptions {
  readonly sink: ArrowSink;
  readonly facts: StableFacts;
  readonly options: ClockOrderOptions;
}

function timelinesOf(nodes: number[], { sink, facts, options }: TimelineOptions): ProcessPoints {
  const { index, spanAt, stamps, times } = facts;
  const process = index.processes[spanAt[nodes[0] as number] as number] as number;
  const unstamped = nodes.filter((node) => (stamps[node] as number) < 0);
  const readings = timesOf(nodes, times);
  sortByNumber(nodes, readings);
  const isLine = unstamped.length === 0 && nodes.every((node, i) => i === 0 || isAfter(node, nodes[i - 1], stamps));
  const asTheyAre = isLine && !options.spelledOut;
  const whole = asTheyAre ? { nodes, times: readings, from: nodes } : addTimeline(sink, nodes, readings);
  const others = timesOf(unstamped, times);
  sortByNumber(unstamped, others);
  return { process, whole, unstamped: addTimeline(sink, unstamped, others), isLine };
}

function timesOf(nodes: readonly number[], times: StableFacts['times']): number[] {
  return nodes.map((node) => times[node] as number);
}

function isAfter(node: number, before: number | undefined, stamps: StableFacts['stamps']): boolean {
  return before === undefined || (stamps[node] as number) > (stamps[before] as number);
}

/** One boundary a point: everything that was read at that time or later. */
function addTimeline(sink: ArrowSink, nodes: readonly number[], times: readonly number[]): Timeline {
  const from = nodes.map((node) => {
    const boundary = sink.boundary();
    sink.arrow(boundary, node, BECAUSE.clock);
    return boundary;
  });
  from.forEach((boundary, i) => {
    const next = from[i + 1];
    if (next !== undefined) sink.arrow(boundary, next, BECAUSE.clock);
  });
  return { nodes, times, from };
}

interface Pairs {
  readonly from: ProcessPoints;
  readonly to: ProcessPoints;
  readonly bound: number;
  readonly spelledOut: boolean;
}

/** Where the earlier process has its points in a line, what the last one before a time comes before, the others do too. */
function addAcross(sink: ArrowSink, { from, to, bound, spelledOut }: Pairs): void {
  const { nodes, times } = from.whole;
  const later = to.whole;
  const isEach = spelledOut || !from.isLine;
  let reached = 0;
  for (let i = 0; i < nodes.length; i++) {
    const wanted = (times[i] as number) + bound + TOLERANCE_NANOS;
    while (reached < later.times.length && (later.times[reached] as number) < wanted) reached++;
    if (reached === later.times.length) return;
    const isRepeated =
      !isEach &&
      i + 1 < nodes.length &&
      (later.times[reached] as number) >= (times[i + 1] as number) + bound + TOLERANCE_NANOS;
    if (!isRepeated) sink.arrow(nodes[i] as number, later.from[reached] as number, BECAUSE.clock);
  }
}

/** Between two points of one process whose stamps are known, no clock is asked. */
function addWithin(
  sink: ArrowSink,
  { whole, unstamped }: ProcessPoints,
  { bound, stamps }: { readonly bound: number; readonly stamps: StableFacts['stamps'] },
): void {
  if (unstamped.nodes.length === 0) return;
  whole.nodes.forEach((source, i) => {
    const timeline = (stamps[source] as number) >= 0 ? unstamped : whole;
    const reached = firstAtLeast(timeline.times, (whole.times[i] as number) + bound + TOLERANCE_NANOS);
    const boundary = timeline.from[reached];
    if (boundary !== undefined) sink.arrow(source, boundary, BECAUSE.clock);
  });
}

function firstAtLeast(times: readonly number[], wanted: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
