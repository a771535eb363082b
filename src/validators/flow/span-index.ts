import { type Span, STAMP_NAMES, type WorkflowTrace } from '../../model/index.js';

/** The spans of a request by id, with the questions that every check asks of them. */
export interface SpanIndex {
  readonly spans: readonly Span[];
  get(spanId: string): Span | undefined;
  /** Spans that are held and directly caused this one: its parent, then what it links to. */
  causesOf(span: Span): readonly Span[];
  /** The span and its ancestors by parent that are held, nearest first; empty if the span is not. */
  lineOf(spanId: string): readonly Span[];
  /** True when every ancestor by parent, up to a root, is held or proven to lie outside the request. */
  isTied(span: Span): boolean;
  /** The process that a span belongs to: sequence numbers and clock readings compare within it alone. */
  processOf(span: Span): string;
}

/** Indexes a trace. Linear in its spans; answers about ancestry are remembered. */
export function indexSpans(trace: WorkflowTrace): SpanIndex {
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  const outside = outsideOf(trace);
  const tied = new Map<string, boolean>();
  const processes = new Map<string, string>();

  const parentOf = (span: Span): Span | undefined =>
    span.parentSpanId === undefined || span.parentSpanId === span.spanId ? undefined : byId.get(span.parentSpanId);

  const lineOf = (spanId: string): readonly Span[] => {
    const line = new Set<Span>();
    for (let at = byId.get(spanId); at && !line.has(at); at = parentOf(at)) line.add(at);
    return [...line];
  };

  const isTied = (span: Span): boolean => {
    const path: Span[] = [];
    const visited = new Set<string>();
    let at: Span = span;
    let answer = tied.get(at.spanId);
    while (answer === undefined) {
      path.push(at);
      visited.add(at.spanId);
      const parent = parentOf(at);
      if (!parent || visited.has(parent.spanId)) answer = outside(at) || isRoot(at, byId);
      else {
        at = parent;
        answer = tied.get(at.spanId);
      }
    }
    for (const each of path) tied.set(each.spanId, answer);
    return answer;
  };

  return {
    spans: trace.spans,
    get: (spanId) => byId.get(spanId),
    causesOf: (span) => directCauses(span, parentOf(span), byId),
    lineOf,
    isTied,
    processOf: (span) => {
      const known = processes.get(span.spanId);
      if (known !== undefined) return known;
      const process = nameProcess(span, parentOf);
      processes.set(span.spanId, process);
      return process;
    },
  };
}

/**
 * True for a span whose missing parent is known to be the request's origin: the accounts are complete without it, or the request is, and does not
 * count that remote parent among the missing.
 */
function outsideOf(trace: WorkflowTrace): (span: Span) => boolean {
  if (trace.completedBy === 'accounted') return () => true;
  if (trace.completionStatus === 'open') return () => false;
  const missing = new Set(trace.accounting.missingParents.map(({ spanId }) => spanId));
  return ({ spanId, parentIsRemote }) => parentIsRemote === true && !missing.has(spanId);
}

/** Nothing above it is missing: it names no parent, and what it links to is held. */
function isRoot({ parentSpanId, links }: Span, byId: ReadonlyMap<string, Span>): boolean {
  return parentSpanId === undefined && links.every(({ spanId }) => byId.has(spanId));
}

function directCauses(span: Span, parent: Span | undefined, byId: ReadonlyMap<string, Span>): readonly Span[] {
  if (span.links.length === 0) return parent ? [parent] : [];
  const causes = new Set<Span>(parent ? [parent] : []);
  for (const link of span.links) {
    const target = byId.get(link.spanId);
    if (target && target !== span && target.traceId === link.traceId) causes.add(target);
  }
  return [...causes];
}

/**
 * `service.instance.id`, else host and process number. A sender that names neither may run many times over: then only spans
 * under one local parent are known to share a process.
 */
function nameProcess(span: Span, parentOf: (span: Span) => Span | undefined): string {
  const instance = span.resource.get('service.instance.id');
  if (typeof instance === 'string' && instance !== '') return instance;
  const pid = span.resource.get('process.pid');
  if (pid !== undefined) return `${String(span.resource.get('host.name') ?? '')}/${String(pid)}`;
  const visited = new Set<string>();
  let top = span;
  for (let parent = localParent(top, parentOf); parent && !visited.has(parent.spanId); ) {
    visited.add(parent.spanId);
    top = parent;
    parent = localParent(top, parentOf);
  }
  return `local root ${top.spanId}`;
}

function localParent(span: Span, parentOf: (span: Span) => Span | undefined): Span | undefined {
  if (span.parentIsRemote === true || span.kind === 'server' || span.kind === 'consumer') return undefined;
  const parent = parentOf(span);
  return parent && serviceOf(parent) === serviceOf(span) ? parent : undefined;
}

/** `service.name` of the process that sent the span; empty when it did not say. */
export function serviceOf(span: Span): string {
  return textOf(span.resource.get('service.name')) ?? '';
}

/** The step's name that a span carries in its own attribute. */
export function statedStep(span: Span): string | undefined {
  return textOf(span.attributes.get(STAMP_NAMES.step));
}

/** The database or messaging system that a client span speaks to; undefined for any other span. */
export function storeSystemOf(span: Span): string | undefined {
  if (span.kind !== 'client' && span.kind !== 'producer') return undefined;
  for (const key of ['db.system.name', 'db.system', 'messaging.system']) {
    const system = textOf(span.attributes.get(key));
    if (system !== undefined) return system;
  }
  return undefined;
}

/** The value if it is text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
