import { type Span, STAMP_NAMES } from '../../model/index.js';
import { type ArrowReason, addArrow, addChain, addNode, BECAUSE, emptyGraph, type OrderGraph } from './order-graph.js';
import { type SpanIndex, serviceOf, textOf } from './span-index.js';
import { TOLERANCE_NANOS } from './tolerance.js';

/** A hand-off as a point of its process: it happened after everything stamped before it. */
interface Stamped {
  readonly node: number;
  readonly sequence: number;
  /** Undefined for a hand-off: it has a place in the sequence, but nobody read a clock. */
  readonly time: number | undefined;
}

/** One reading of one cause by two clocks: at least `-slack` passed between them. */
export interface ClockReading {
  readonly from: string;
  readonly to: string;
  /** Reading of the later point minus reading of the earlier one, nanoseconds. */
  readonly difference: number;
}

/** What no clock is needed for: the order that causes, sequence numbers and message offsets prove. */
export interface StableFacts {
  readonly graph: OrderGraph;
  /** Node of a span's start, by span id. */
  readonly startOf: ReadonlyMap<string, number>;
  /** Node of a span's end, by span id; absent for a span that never ended. */
  readonly endOf: ReadonlyMap<string, number>;
  /** Nodes whose place in their process's sequence is known. */
  readonly stamped: ReadonlySet<number>;
  readonly readings: readonly ClockReading[];
  /** Processes whose clock ran against their own sequence numbers. */
  readonly brokenClocks: ReadonlySet<string>;
}

/** A gateway answers these for a server that has not started, or never will. */
const ANSWERED_BY_OTHERS = new Set([408, 429, 502, 503, 504]);

/**
 * Collects the order that is certain whatever the clocks say.
 *
 * - a span starts before it ends;
 * - parent, link and hand-off: the cause starts before what it caused;
 * - in one process, sequence numbers; a hand-off's number comes before the start of the span that received it;
 * - a server starts before its client ends, only if a response of its own came (a client that timed out may end first);
 * - in one partition, a message's producer starts before the consumer of a later message does.
 *
 * Sequence numbers that occur twice in one process are of two processes under one name: they are ignored.
 */
export function stableFacts(
  index: SpanIndex,
  options: { readonly origin: bigint; readonly stepOf: (spanId: string) => string | undefined },
): StableFacts {
  const graph = emptyGraph();
  const startOf = new Map<string, number>();
  const endOf = new Map<string, number>();
  for (const span of index.spans) addSpan(span);

  function addSpan(span: Span): void {
    const base = {
      spanId: span.spanId,
      process: index.processOf(span),
      service: serviceOf(span),
      step: options.stepOf(span.spanId),
    };
    const start = addNode(graph, { ...base, at: 'start', time: Number(span.startUnixNano - options.origin) });
    startOf.set(span.spanId, start);
    if (span.endUnixNano < span.startUnixNano) return;
    const end = addNode(graph, { ...base, at: 'end', time: Number(span.endUnixNano - options.origin) });
    endOf.set(span.spanId, end);
    addArrow(graph, start, end, BECAUSE.span);
  }

  const readings: ClockReading[] = [];
  const read = (from: number, to: number): void => {
    const [p, q] = [graph.points[from], graph.points[to]];
    if (p && q) readings.push({ from: p.process, to: q.process, difference: q.time - p.time });
  };
  const sequences = stampSequences(index, { graph, startOf, endOf });
  for (const span of index.spans) {
    const start = startOf.get(span.spanId) ?? 0;
    for (const cause of index.causesOf(span)) {
      const from = startOf.get(cause.spanId) ?? 0;
      addArrow(graph, from, start, BECAUSE.cause);
      read(from, start);
      const handoff = sequences.handoffs.get(receivedHandoff(span, cause) ?? '');
      if (handoff) {
        addArrow(graph, handoff.node, start, BECAUSE.cause);
        const target = graph.points[start];
        if (target && handoff.latest !== undefined)
          readings.push({ from: handoff.process, to: target.process, difference: target.time - handoff.latest });
      }
      const clientEnd = endOf.get(cause.spanId);
      if (clientEnd !== undefined && span.parentSpanId === cause.spanId && answered(cause, span)) {
        addArrow(graph, start, clientEnd, BECAUSE.cause);
        read(start, clientEnd);
      }
    }
  }
  addOffsets(index, { graph, startOf, endOf });
  return { graph, startOf, endOf, stamped: sequences.stamped, readings, brokenClocks: sequences.brokenClocks };
}

interface SpanNodes {
  readonly graph: OrderGraph;
  readonly startOf: ReadonlyMap<string, number>;
  readonly endOf: ReadonlyMap<string, number>;
}

interface Sequences {
  readonly stamped: ReadonlySet<number>;
  readonly brokenClocks: ReadonlySet<string>;
  /** By `<span id>.<n>`: the node of the hand-off, and the latest clock reading of its process before it. */
  readonly handoffs: ReadonlyMap<
    string,
    { readonly node: number; readonly process: string; readonly latest: number | undefined }
  >;
}

function stampSequences(index: SpanIndex, nodes: SpanNodes): Sequences {
  const byProcess = new Map<string, Stamped[]>();
  const names = new Map<number, string>();
  for (const span of index.spans) {
    const process = index.processOf(span);
    const list = byProcess.get(process) ?? [];
    byProcess.set(process, list);
    const add = (node: number | undefined, sequence: unknown): void => {
      if (node === undefined || typeof sequence !== 'number') return;
      list.push({ node, sequence, time: nodes.graph.points[node]?.time });
    };
    add(nodes.startOf.get(span.spanId), span.attributes.get(STAMP_NAMES.start));
    add(nodes.endOf.get(span.spanId), span.attributes.get(STAMP_NAMES.end));
    const sent = span.attributes.get(STAMP_NAMES.sent);
    if (!Array.isArray(sent)) continue;
    sent.forEach((sequence, i) => {
      const node = addNode(nodes.graph);
      names.set(node, `${span.spanId}.${i + 1}`);
      add(node, sequence);
    });
  }
  return chainSequences(byProcess, { nodes, names });
}

function chainSequences(
  byProcess: ReadonlyMap<string, Stamped[]>,
  { nodes, names }: { readonly nodes: SpanNodes; readonly names: ReadonlyMap<number, string> },
): Sequences {
  const stamped = new Set<number>();
  const brokenClocks = new Set<string>();
  const handoffs = new Map<string, { node: number; process: string; latest: number | undefined }>();
  for (const [process, list] of byProcess) {
    list.sort((a, b) => a.sequence - b.sequence);
    if (list.some((each, i) => each.sequence === list[i - 1]?.sequence)) continue;
    addChain(
      nodes.graph,
      list.map(({ node }) => node),
      BECAUSE.sequence,
    );
    let latest: number | undefined;
    for (const { node, time } of list) {
      stamped.add(node);
      if (time === undefined) handoffs.set(names.get(node) ?? '', { node, process, latest });
      else if (latest !== undefined && time < latest - TOLERANCE_NANOS) brokenClocks.add(process);
      if (time !== undefined) latest = Math.max(latest ?? time, time);
    }
  }
  return { stamped, brokenClocks, handoffs };
}

/** The hand-off `<span id>.<n>` of `cause` that `span` says it received: by its own state, or by that of its link. */
function receivedHandoff(span: Span, cause: Span): string | undefined {
  const states = span.links.filter((link) => link.spanId === cause.spanId).map((link) => link.traceState);
  if (span.parentSpanId === cause.spanId) states.push(span.traceState);
  return states.map(handoffIn).find((handoff) => handoff?.startsWith(`${cause.spanId}.`));
}

function handoffIn(traceState: string): string | undefined {
  for (const member of traceState.split(',')) {
    const [key, value] = member.split('=');
    if (key?.trim() === STAMP_NAMES.handoff) return value?.trim();
  }
  return undefined;
}

function answered(client: Span, server: Span): boolean {
  if (client.kind !== 'client' || server.kind !== 'server') return false;
  const status = client.attributes.get('http.response.status_code') ?? client.attributes.get('http.status_code');
  return typeof status === 'number' && status > 0 && !ANSWERED_BY_OTHERS.has(status);
}

interface Logged {
  readonly span: Span;
  readonly offset: bigint;
}

function addOffsets(index: SpanIndex, nodes: SpanNodes): void {
  const logs = new Map<string, { readonly topic: string; readonly partition: number; readonly entries: Logged[] }>();
  for (const span of index.spans) {
    const place = placeInLog(span);
    if (!place) continue;
    const { topic, partition, offset } = place;
    const key = `${partition} ${topic}`;
    const log = logs.get(key) ?? { topic, partition, entries: [] };
    logs.set(key, log);
    log.entries.push({ span, offset });
  }
  for (const { topic, partition, entries } of logs.values()) {
    entries.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
    addLog(nodes, { entries, because: { kind: 'offset', topic, partition } });
  }
}

/** One boundary an offset, the moment its message was appended: after its producer starts, before its consumers do. */
function addLog(
  { graph, startOf, endOf }: SpanNodes,
  { entries, because }: { readonly entries: readonly Logged[]; readonly because: ArrowReason },
): void {
  let appended: number | undefined;
  let offset: bigint | undefined;
  for (const entry of entries) {
    if (appended === undefined || entry.offset !== offset) {
      const next = addNode(graph);
      if (appended !== undefined) addArrow(graph, appended, next, because);
      appended = next;
      offset = entry.offset;
    }
    const { spanId, kind, status } = entry.span;
    const start = startOf.get(spanId) ?? 0;
    const end = endOf.get(spanId);
    if (kind === 'consumer') addArrow(graph, appended, start, because);
    else addArrow(graph, start, appended, because);
    if (kind !== 'consumer' && end !== undefined && status.code !== 'error') addArrow(graph, appended, end, because);
  }
}

/** Where a message stands, for the spans that know: the one that sent it and those that process it. */
function placeInLog(span: Span): { topic: string; partition: number; offset: bigint } | undefined {
  if (textOf(span.attributes.get('messaging.system')) !== 'kafka') return undefined;
  const sends = span.kind === 'producer';
  if (!sends && !(span.kind === 'consumer' && span.attributes.get('messaging.operation.type') !== 'receive'))
    return undefined;
  const topic = textOf(span.attributes.get('messaging.destination.name'));
  const partition = Number(span.attributes.get('messaging.destination.partition.id') ?? Number.NaN);
  const offset = span.attributes.get('messaging.kafka.offset') ?? span.attributes.get('messaging.kafka.message.offset');
  if (topic === undefined || !Number.isInteger(partition) || !/^\d+$/.test(String(offset))) return undefined;
  return { topic, partition, offset: BigInt(String(offset)) };
}
