import type { ArrowSink } from './arrow-sink.js';
import { addClockOrder, type ClockOrderOptions } from './clock-order.js';
import type { StableFacts } from './order-facts.js';
import { type ArrowReason, addArrow, addChain, addNode, BECAUSE, emptyGraph, type OrderGraph } from './order-graph.js';
import type { NodePairs } from './reach.js';
import { serviceOf } from './span-index.js';

// The certain order in two forms. Both tell the same facts, which were gathered elsewhere, and have the same consequences:
//
// - `certainPairs`, with the fewest arrows, to check by: what follows from other arrows is left to follow;
// - `certainGraph`, with each fact spelled out and its reason beside it, to take a witness from.

type Clocked = Omit<ClockOrderOptions, 'spelledOut'>;

/** `clocked`: what the clocks prove, and of which spans it is asked; without it, only what no clock is needed for. */
export function certainPairs(facts: StableFacts, clocked?: Clocked): NodePairs {
  const pairs = [...facts.causes];
  let { nodes } = facts;
  const sink: ArrowSink = { boundary: () => nodes++, arrow: (from, to) => void pairs.push(from, to) };
  facts.ends.forEach((end, span) => {
    if (end >= 0) pairs.push(facts.starts[span] as number, end);
  });
  for (const sequence of facts.sequences) {
    for (let i = 1; i < sequence.length; i++) pairs.push(sequence[i - 1] as number, sequence[i] as number);
  }
  addLogs(sink, facts);
  if (clocked) addClockOrder(sink, facts, { ...clocked, spelledOut: false });
  return { nodes, pairs };
}

/** `stepOf`: the name of the step that a span is; undefined for scenery. */
export function certainGraph(
  facts: StableFacts,
  { stepOf, clocked }: { readonly stepOf: (span: number) => string | undefined; readonly clocked?: Clocked },
): OrderGraph {
  const graph = emptyGraph();
  const sink: ArrowSink = {
    boundary: () => addNode(graph),
    arrow: (from, to, because) => addArrow(graph, from, to, because),
  };
  addPoints(graph, facts, stepOf);
  for (const sequence of facts.sequences) addChain(graph, sequence, BECAUSE.sequence);
  for (let i = 0; i < facts.causes.length; i += 2) {
    addArrow(graph, facts.causes[i] as number, facts.causes[i + 1] as number, BECAUSE.cause);
  }
  addLogs(sink, facts);
  if (clocked) addClockOrder(sink, facts, { ...clocked, spelledOut: true });
  return graph;
}

function addPoints(
  graph: OrderGraph,
  { index, starts, ends, times, nodes }: StableFacts,
  stepOf: (span: number) => string | undefined,
): void {
  index.spans.forEach((span, place) => {
    const { spanId } = span;
    const process = index.processes[place] as number;
    const base = { spanId, process, service: serviceOf(span), step: stepOf(place) };
    const start = starts[place] as number;
    const end = ends[place] as number;
    addNode(graph, { ...base, at: 'start', time: times[start] as number });
    if (end < 0) return;
    addNode(graph, { ...base, at: 'end', time: times[end] as number });
    addArrow(graph, start, end, BECAUSE.span);
  });
  while (graph.points.length < nodes) addNode(graph);
}

function addLogs(sink: ArrowSink, facts: StableFacts): void {
  for (const log of facts.logs) addLog(sink, log, facts);
}

/** One boundary an offset, the moment its message was appended: after its producer starts, before its consumers do. */
function addLog(
  sink: ArrowSink,
  { entries, because }: { readonly entries: StableFacts['logs'][number]['entries']; readonly because: ArrowReason },
  { index, starts, ends }: StableFacts,
): void {
  let appended: number | undefined;
  let offset: bigint | undefined;
  for (const entry of entries) {
    if (appended === undefined || entry.offset !== offset) {
      const next = sink.boundary();
      if (appended !== undefined) sink.arrow(appended, next, because);
      appended = next;
      offset = entry.offset;
    }
    const span = index.spans[entry.span];
    const start = starts[entry.span] as number;
    const end = ends[entry.span] as number;
    if (span?.kind === 'consumer') sink.arrow(appended, start, because);
    else sink.arrow(start, appended, because);
    if (span?.kind !== 'consumer' && end >= 0 && span?.status.code !== 'error') sink.arrow(appended, end, because);
  }
}
