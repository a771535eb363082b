import { answered, handoffIn, type Span, STAMP_NAMES } from '../../model/index.js';
import { nanosecondsSince } from './nanoseconds.js';
import type { ArrowReason } from './order-graph.js';
import { sortByNumber } from './sorted.js';
import { type SpanIndex, textOf } from './span-index.js';
import { TOLERANCE_NANOS } from './tolerance.js';

/**
 * What no clock is needed for: the order that causes, sequence numbers and message offsets prove. Points go by the numbers of their nodes: the start and the
 * end of each span, in the order of the spans, then the hand-offs. How the facts are told as arrows is not said here.
 */
export interface StableFacts {
  readonly index: SpanIndex;
  readonly nodes: number;
  /** By span: the node of its start. */
  readonly starts: readonly number[];
  /** By span: the node of its end; -1 for one that never ended. */
  readonly ends: readonly number[];
  /** By node: its span. */
  readonly spanAt: readonly number[];
  /** By node: when its process read its clock, nanoseconds since the origin; not a number for a hand-off, at which nobody read one. */
  readonly times: readonly number[];
  /** Pairs of nodes, one after the other in one list: the first is a cause of the second. */
  readonly causes: readonly number[];
  /** For each process whose stamps can be trusted: its points in the order of their stamps. */
  readonly sequences: readonly (readonly number[])[];
  /** By node: where in its process's sequence it is; -1 where that is not known. */
  readonly stamps: readonly number[];
  readonly logs: readonly PartitionLog[];
  /**
   * Readings of one cause by two clocks, three numbers each: the process of the cause, that of the effect, and the reading of the later point minus that of the earlier
   * one, in nanoseconds.
   */
  readonly readings: readonly number[];
  /** Processes whose clock ran against their own sequence numbers. */
  readonly brokenClocks: ReadonlySet<number>;
}

/** The spans that tell where in one partition their message stands, by offset. */
export interface PartitionLog {
  readonly because: ArrowReason;
  readonly entries: readonly Logged[];
}

interface Logged {
  readonly span: number;
  readonly offset: bigint;
}

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
export function stableFacts(index: SpanIndex, origin: bigint): StableFacts {
  const points = pointsOf(index, origin);
  const stamped = stampSequences(index, points);
  const causes: number[] = [];
  const readings: number[] = [];
  const collecting: Collecting = { index, points, stamped, causes, readings };
  for (let place = 0; place < index.spans.length; place++) addCauses(place, collecting);
  const { sequences, stamps, brokenClocks } = stamped;
  const logs = partitionLogs(index.spans);
  return { index, nodes: points.spanAt.length, ...points, causes, sequences, stamps, logs, readings, brokenClocks };
}

interface Points {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly spanAt: number[];
  readonly times: number[];
}

function pointsOf({ spans }: SpanIndex, origin: bigint): Points {
  const points = { starts: [] as number[], ends: [] as number[], spanAt: [] as number[], times: [] as number[] };
  const sinceOrigin = nanosecondsSince(origin);
  const add = (place: number, time: number): number => {
    points.times.push(time);
    return points.spanAt.push(place) - 1;
  };
  spans.forEach(({ startUnixNano, endUnixNano }, place) => {
    points.starts.push(add(place, sinceOrigin(startUnixNano)));
    points.ends.push(endUnixNano < startUnixNano ? -1 : add(place, sinceOrigin(endUnixNano)));
  });
  return points;
}

interface Sequences extends Pick<StableFacts, 'sequences' | 'stamps' | 'brokenClocks'> {
  /** By span: the nodes of its hand-offs; undefined where it made none. */
  readonly handoffs: readonly (readonly number[] | undefined)[];
  /** By node of a hand-off: the latest clock reading of its process before it; undefined where there is none. */
  readonly latest: ReadonlyMap<number, number | undefined>;
}

/** The stamped points of one process. */
interface Stamped {
  readonly nodes: number[];
  readonly numbers: number[];
}

function stampSequences({ spans, processes, processCount }: SpanIndex, points: Points): Sequences {
  const byProcess: Stamped[] = Array.from({ length: processCount }, () => ({ nodes: [], numbers: [] }));
  const handoffs: (readonly number[] | undefined)[] = [];
  const add = (place: number, node: number, stamp: unknown): void => {
    if (node < 0 || typeof stamp !== 'number') return;
    const { nodes, numbers } = byProcess[processes[place] as number] as Stamped;
    nodes.push(node);
    numbers.push(stamp);
  };
  spans.forEach(({ attributes }, place) => {
    add(place, points.starts[place] as number, attributes.get(STAMP_NAMES.start));
    add(place, points.ends[place] as number, attributes.get(STAMP_NAMES.end));
    const sent = attributes.get(STAMP_NAMES.sent);
    if (!Array.isArray(sent)) return;
    handoffs[place] = sent.map((stamp: unknown) => {
      points.times.push(Number.NaN);
      const node = points.spanAt.push(place) - 1;
      add(place, node, stamp);
      return node;
    });
  });
  return { ...chainSequences(byProcess, points), handoffs };
}

function chainSequences(byProcess: readonly Stamped[], { times, spanAt }: Points): Omit<Sequences, 'handoffs'> {
  const stamps: number[] = spanAt.map(() => -1);
  const brokenClocks = new Set<number>();
  const latestBefore = new Map<number, number | undefined>();
  const sequences: (readonly number[])[] = [];
  byProcess.forEach(({ nodes, numbers }, process) => {
    sortByNumber(nodes, numbers);
    if (numbers.some((number, i) => number === numbers[i - 1])) return;
    sequences.push(nodes);
    let latest: number | undefined;
    nodes.forEach((node, stamp) => {
      stamps[node] = stamp;
      const time = times[node] as number;
      if (Number.isNaN(time)) latestBefore.set(node, latest);
      else if (latest === undefined || time >= latest) latest = time;
      else if (time < latest - TOLERANCE_NANOS) brokenClocks.add(process);
    });
  });
  return { sequences, stamps, brokenClocks, latest: latestBefore };
}

interface Collecting {
  readonly index: SpanIndex;
  readonly points: Points;
  readonly stamped: Sequences;
  readonly causes: number[];
  readonly readings: number[];
}

function addCauses(place: number, collecting: Collecting): void {
  const { index } = collecting;
  const span = index.spans[place] as Span;
  if (span.links.length === 0) addCause(index.parents[place] as number, place, collecting);
  else for (const cause of index.causesOf(place)) addCause(cause, place, collecting);
}

function addCause(
  cause: number,
  place: number,
  { index, points: { starts, ends, times }, stamped, causes, readings }: Collecting,
): void {
  if (cause < 0) return;
  const span = index.spans[place] as Span;
  const client = index.spans[cause] as Span;
  const [own, other] = [index.processes[place] as number, index.processes[cause] as number];
  const [start, from] = [starts[place] as number, starts[cause] as number];
  causes.push(from, start);
  readings.push(other, own, (times[start] as number) - (times[from] as number));
  const handoff = receivedHandoff(span, client, stamped.handoffs[cause]);
  if (handoff !== undefined && (stamped.stamps[handoff] as number) >= 0) {
    causes.push(handoff, start);
    const latest = stamped.latest.get(handoff);
    if (latest !== undefined) readings.push(other, own, (times[start] as number) - latest);
  }
  const clientEnd = ends[cause] as number;
  if (clientEnd >= 0 && span.parentSpanId === client.spanId && answered(client, span)) {
    causes.push(start, clientEnd);
    readings.push(own, other, (times[clientEnd] as number) - (times[start] as number));
  }
}

/** The node of the hand-off of `cause` that `span` says it received: by its own state, or by that of its link. */
function receivedHandoff(span: Span, cause: Span, sent: readonly number[] | undefined): number | undefined {
  if (!sent) return undefined;
  for (const { spanId, traceState } of span.links) {
    const n = spanId === cause.spanId ? handoffIn(traceState, cause.spanId) : undefined;
    if (n !== undefined) return sent[n - 1];
  }
  const n = span.parentSpanId === cause.spanId ? handoffIn(span.traceState, cause.spanId) : undefined;
  return n === undefined ? undefined : sent[n - 1];
}

function partitionLogs(spans: readonly Span[]): readonly PartitionLog[] {
  const logs = new Map<string, { readonly because: ArrowReason; readonly entries: Logged[] }>();
  spans.forEach((span, place) => {
    const message = placeInLog(span);
    if (!message) return;
    const { topic, partition, offset } = message;
    const key = `${partition} ${topic}`;
    const log = logs.get(key) ?? { because: { kind: 'offset', topic, partition }, entries: [] };
    logs.set(key, log);
    log.entries.push({ span: place, offset });
  });
  for (const { entries } of logs.values()) {
    entries.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
  }
  return [...logs.values()];
}

/** Where a message stands, for the spans that know: the one that sent it and those that process it. */
export function placeInLog(span: Span): { topic: string; partition: number; offset: bigint } | undefined {
  const sends = span.kind === 'producer';
  if (!sends && span.kind !== 'consumer') return undefined;
  if (textOf(span.attributes.get('messaging.system')) !== 'kafka') return undefined;
  if (!sends && span.attributes.get('messaging.operation.type') === 'receive') return undefined;
  const topic = textOf(span.attributes.get('messaging.destination.name'));
  const partition = Number(span.attributes.get('messaging.destination.partition.id') ?? Number.NaN);
  const offset = span.attributes.get('messaging.kafka.offset') ?? span.attributes.get('messaging.kafka.message.offset');
  if (topic === undefined || !Number.isInteger(partition) || !/^\d+$/.test(String(offset))) return undefined;
  return { topic, partition, offset: BigInt(String(offset)) };
}
