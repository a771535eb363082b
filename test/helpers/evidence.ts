import { STEP_OUTPUT } from '@tracecourt/instrumentation/wire-names';
import { expressionScope, storeReads } from '../../src/flow/index.js';
import type {
  Accounting,
  Attributes,
  AttributeValue,
  CompiledFlow,
  Effect,
  Evidence,
  FlowNode,
  FlowStep,
  ResolvedQuery,
  Span,
  SpanKind,
  StoredRecord,
  StoreObservation,
  TraceStep,
  WorkflowTrace,
} from '../../src/model/index.js';
import { SPAN_KINDS } from '../../src/model/index.js';
import { stepsUnder } from '../../src/validators/flow/tree.js';

/**
 * A notation for requests, one span a line:
 *
 * ```
 *   a    allocator         0-100   step=allocation
 *   w    allocator  <a    10-20.5  step=graph-write
 *   q    allocator  <w    11-20    client db.system.name=neo4j !refused
 *   n    notifier   <p ~q 30-40    consumer step=event-handled trace=2
 * ```
 *
 * id, service (`council/2`: its second process), `<parent`, `~link`, start-end in milliseconds of true time, a kind, attributes (JSON where it
 * parses; `output=` is what a step gave back), `!message` or `!"a message"` for an error; `from=p.1` is the hand-off received, `trace=2` another trace id, `seq=3-8` and `sent=[4,5]` stamps.
 */
export interface TraceOptions {
  readonly completedBy?: WorkflowTrace['completedBy'];
  /** Milliseconds that a service's clock is ahead. */
  readonly skewMs?: Readonly<Record<string, number>>;
  /** True: every process stamps sequence numbers, in true time. */
  readonly stamped?: boolean;
  /** True: starts are read in whole milliseconds, ends keep the exact duration. */
  readonly wholeMs?: boolean;
  readonly accounting?: Partial<Accounting>;
  readonly joins?: WorkflowTrace['joins'];
  /** Other steps that a span fits, by span id. */
  readonly alsoFits?: Readonly<Record<string, readonly string[]>>;
}

export interface SpanLine {
  readonly id: string;
  readonly service: string;
  readonly instance: string;
  readonly parent?: string | undefined;
  readonly links?: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  readonly kind?: SpanKind;
  readonly traceId?: string;
  readonly from?: string | undefined;
  readonly error?: string | undefined;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly remote?: boolean | undefined;
}

const EPOCH = 1_700_000_000_000_000_000n;

export function parseLines(text: string): readonly SpanLine[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

function parseLine(line: string): SpanLine {
  const [id = '', place = '', ...words] = line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  const [service = '', instance = '1'] = place.split('/');
  const plain: SpanLine = {
    id,
    service,
    instance: `${service}-${instance}`,
    startMs: 0,
    endMs: 0,
    attributes: {},
    links: [],
  };
  return words.reduce((span, word) => withWord(span, word) ?? cannotRead(word, line), plain);
}

function cannotRead(word: string, line: string): never {
  throw new Error(`cannot read '${word}' in '${line}'`);
}

function withWord(span: SpanLine, word: string): SpanLine | undefined {
  const times = /^(-?[\d.]+)-(-?[\d.]+)$/.exec(word);
  const pair = /^([\w.]+)=(.*)$/.exec(word);
  if (times) return { ...span, startMs: Number(times[1]), endMs: Number(times[2]) };
  if (pair) return withPair(span, pair[1] ?? '', pair[2] ?? '');
  if (word.startsWith('<')) return { ...span, parent: word.slice(1) };
  if (word.startsWith('~')) return { ...span, links: [...(span.links ?? []), word.slice(1)] };
  if (word.startsWith('!')) return { ...span, error: word.slice(1).replaceAll('"', '') || 'failed' };
  return (SPAN_KINDS as readonly string[]).includes(word) ? { ...span, kind: word as SpanKind } : undefined;
}

function withPair(span: SpanLine, key: string, text: string): SpanLine {
  const plus = (attributes: Record<string, AttributeValue>) => ({
    ...span,
    attributes: { ...span.attributes, ...attributes },
  });
  if (key === 'from') return { ...span, from: text };
  if (key === 'trace') return { ...span, traceId: text };
  if (key === 'step') return plus({ 'tracecourt.step': text });
  if (key === 'sent') return plus({ 'tracecourt.seq.sent': JSON.parse(text) as number[] });
  if (key === 'output') return plus({ output: fromText(text), [STEP_OUTPUT]: text });
  if (key !== 'seq') return plus({ [key]: fromText(text) });
  const [start, end] = text.split('-').map(Number);
  return plus({
    ...(start === undefined ? {} : { 'tracecourt.seq.start': start }),
    ...(end === undefined ? {} : { 'tracecourt.seq.end': end }),
  });
}

function fromText(text: string): AttributeValue {
  try {
    return JSON.parse(text) as AttributeValue;
  } catch {
    return text;
  }
}

/** The trace that lines in the notation describe; its steps are the spans with `step=`. */
export function traceOf(lines: string | readonly SpanLine[], options: TraceOptions = {}): WorkflowTrace {
  const parsed = typeof lines === 'string' ? parseLines(lines) : lines;
  const stamped = options.stamped ? stampAll(parsed) : parsed;
  const instanceOf = new Map(parsed.map((line) => [line.id, line.instance]));
  const traceOfSpan = new Map(parsed.map((line) => [line.id, line.traceId ?? '1']));
  const spans = stamped
    .map((line) => toSpan(line, { options, instanceOf, traceOfSpan }))
    .sort((a, b) =>
      a.startUnixNano < b.startUnixNano ? -1 : a.startUnixNano > b.startUnixNano ? 1 : a.spanId < b.spanId ? -1 : 1,
    );
  const steps = spans.flatMap((span) => toStep(span, options));
  const processes = [...new Set(parsed.map(({ instance }) => instance))].map((instanceId) => {
    const held = parsed.filter(({ instance }) => instance === instanceId);
    return { service: held[0]!.service, instanceId, spansHeld: held.length, spansCounted: held.length };
  });
  const completedBy = 'completedBy' in options ? options.completedBy : 'accounted';
  return {
    requestId: 'r1',
    revision: 1,
    completionStatus: completedBy === undefined ? 'open' : 'complete',
    completedBy,
    startTime: spans[0]?.startUnixNano ?? EPOCH,
    endTime: spans.reduce((last, span) => (span.endUnixNano > last ? span.endUnixNano : last), EPOCH),
    steps,
    currentStep: steps.at(-1)?.stepName,
    traceIds: [...new Set(spans.map(({ traceId }) => traceId))],
    spans,
    accounting: { processes, unsettled: [], missingParents: [], ...options.accounting },
    joins: options.joins ?? [],
    lateSpanIds: [],
  };
}

function toSpan(
  line: SpanLine,
  context: {
    readonly options: TraceOptions;
    readonly instanceOf: ReadonlyMap<string, string>;
    readonly traceOfSpan: ReadonlyMap<string, string>;
  },
): Span {
  const skew = context.options.skewMs?.[line.service] ?? 0;
  const start = line.startMs + skew;
  const readStart = context.options.wholeMs ? Math.floor(start) : start;
  const parentInstance = line.parent === undefined ? undefined : context.instanceOf.get(line.parent);
  const state = line.from === undefined ? '' : `tracecourt=${line.from}`;
  return {
    traceId: line.traceId ?? '1',
    spanId: line.id,
    parentSpanId: line.parent,
    traceState: line.parent === undefined ? '' : state,
    parentIsRemote: line.remote ?? (line.parent === undefined ? undefined : parentInstance !== line.instance),
    name: String(line.attributes['name'] ?? line.attributes['tracecourt.step'] ?? line.id),
    kind: line.kind ?? 'internal',
    startUnixNano: EPOCH + nanos(readStart),
    endUnixNano: EPOCH + nanos(readStart + (line.endMs - line.startMs)),
    status: line.error === undefined ? { code: 'unset', message: '' } : { code: 'error', message: line.error },
    attributes: attributesOf(line.attributes),
    events:
      line.error === undefined
        ? []
        : [
            {
              name: 'exception',
              timeUnixNano: EPOCH + nanos(start),
              attributes: attributesOf({ 'exception.message': line.error }),
            },
          ],
    links: (line.links ?? []).map((spanId) => ({
      spanId,
      traceId: context.traceOfSpan.get(spanId) ?? '1',
      traceState: state,
      attributes: attributesOf({}),
    })),
    resource: attributesOf({ 'service.name': line.service, 'service.instance.id': line.instance }),
    scopeName: 'test',
  };
}

function nanos(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000_000));
}

function toStep(span: Span, options: TraceOptions): readonly TraceStep[] {
  const stepName = span.attributes.get('tracecourt.step');
  if (typeof stepName !== 'string') return [];
  const step: TraceStep = {
    stepName,
    alsoFits: options.alsoFits?.[span.spanId] ?? [],
    component: String(span.resource.get('service.name')),
    spanId: span.spanId,
    startTime: span.startUnixNano,
    endTime: span.endUnixNano,
    input: undefined,
    output: span.attributes.get('output'),
    status: span.status.code,
    errorDetails: span.status.code === 'error' ? span.status.message : undefined,
    attempts: [],
  };
  return [step];
}

export function attributesOf(values: Readonly<Record<string, AttributeValue>>): Attributes {
  return { get: (key) => values[key], entries: () => Object.entries(values) };
}

/** Stamps every process's starts, ends and hand-offs (the receipts' `from`) in true time. */
export function stampAll(lines: readonly SpanLine[]): readonly SpanLine[] {
  const stamps = new Map(lines.map((line) => [line.id, { start: 0, end: 0, sent: [] as number[] }]));
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const instance of new Set(lines.map((line) => line.instance))) {
    const moments = lines
      .filter((line) => line.instance === instance)
      .flatMap((line) => {
        const stamp = stamps.get(line.id)!;
        return [
          { at: line.startMs, rank: 0, set: (n: number) => (stamp.start = n) },
          { at: line.endMs, rank: 2, set: (n: number) => (stamp.end = n) },
        ];
      });
    for (const receiver of lines) {
      const [sender = '', n = '1'] = receiver.from?.split('.') ?? [];
      const span = byId.get(sender);
      if (span?.instance !== instance) continue;
      const sentAt = Number(receiver.attributes['sentAt'] ?? span.startMs);
      moments.push({ at: sentAt, rank: 1, set: (at) => (stamps.get(sender)!.sent[Number(n) - 1] = at) });
    }
    moments.sort((a, b) => a.at - b.at || a.rank - b.rank).forEach((moment, i) => void moment.set(i + 1));
  }
  return lines.map((line) => {
    const { start, end, sent } = stamps.get(line.id)!;
    const list = sent.length > 0 ? { 'tracecourt.seq.sent': sent } : {};
    return {
      ...line,
      attributes: { ...line.attributes, 'tracecourt.seq.start': start, 'tracecourt.seq.end': end, ...list },
    };
  });
}

export const seq = (...children: readonly (FlowNode | string)[]): FlowNode => ({
  kind: 'sequence',
  children: children.map(node),
});
export const par = (...children: readonly (FlowNode | string)[]): FlowNode => ({
  kind: 'parallel',
  children: children.map(node),
});
export const choice = (...children: readonly (FlowNode | string)[]): FlowNode => ({
  kind: 'choice',
  children: children.map(node),
});
export const opt = (child: FlowNode | string): FlowNode => ({ kind: 'optional', child: node(child) });
export const rep = (step: string, min: number, max: number | null, parallel = false): FlowNode => ({
  kind: 'repeat',
  child: { kind: 'step', step },
  min,
  max,
  parallel,
});

function node(child: FlowNode | string): FlowNode {
  return typeof child === 'string' ? { kind: 'step', step: child } : child;
}

/** A flow with this order; its steps are those of the tree, any service, unless `steps` says more. */
export function flowOf(order: FlowNode, rest: Partial<Omit<CompiledFlow, 'order'>> = {}): CompiledFlow {
  const steps: readonly FlowStep[] = stepsUnder(order).map((name) => ({
    name,
    matcher: { step: name },
    mayFail: false,
  }));
  return {
    version: 1,
    name: 'test',
    steps,
    order,
    values: {},
    budgets: [],
    effects: [],
    votes: undefined,
    outbox: [],
    leases: [],
    versions: [],
    unexpected: 'report',
    trust: 'accounted',
    prove: false,
    handoffs: { consumers: {}, uninstrumented: [] },
    correlation: [],
    rules: [],
    invariants: [],
    forbidden: [],
    parameters: {},
    examples: { accepts: [], rejects: [], recorded: [] },
    ...rest,
  };
}

/** An effect with the defaults of a flow file. */
export function effectOf(step: string, query: Effect['query'], rest: Partial<Effect> = {}): Effect {
  return { step, query, count: 1, expect: undefined, parent: undefined, withinMs: 2_000, ...rest };
}

/**
 * What each effect's store, and each lease's, showed: its records, or undefined for a store that did not answer. What is not named was not read; a
 * lease is named `lease NAME`.
 */
export function observe(
  flow: CompiledFlow,
  records: Readonly<Record<string, readonly StoredRecord[] | undefined>>,
): readonly StoreObservation[] {
  return storeReads(flow).flatMap(({ effect, query }): readonly StoreObservation[] => {
    if (!(effect in records)) return [];
    const resolved: ResolvedQuery = query.store === 'neo4j' ? { ...query, parameters: {} } : query;
    const seen = records[effect];
    const base = { effect, query: resolved, observedAtUnixNano: EPOCH };
    const server = { store: query.store, address: '127.0.0.1:1', product: 'embedded', version: '1' };
    return seen === undefined
      ? [
          {
            ...base,
            status: 'unreachable',
            address: '127.0.0.1:1',
            kind: 'refused',
            reason: 'is not there',
            nextStep: '',
          },
        ]
      : [{ ...base, status: 'read', server, records: seen }];
  });
}

export function evidenceOf(
  flow: CompiledFlow,
  trace: WorkflowTrace,
  records: Readonly<Record<string, readonly StoredRecord[] | undefined>> = {},
): Evidence {
  return { flow, trace, observations: observe(flow, records), scope: expressionScope(flow, trace) };
}
