import {
  type Attributes,
  namedProcess,
  type Span,
  type SpanTree,
  STAMP_NAMES,
  spanTree,
  type WorkflowTrace,
} from '../../model/index.js';

/** The spans of a request, with the questions that every check asks of them. Spans go by their place in the list. */
export interface SpanIndex {
  readonly spans: readonly Span[];
  get(spanId: string): Span | undefined;
  /** -1 for a span that is not held. */
  placeOf(spanId: string): number;
  /** The parent's place, or -1 if it is not held. */
  readonly parents: readonly number[];
  /** Spans that are held and directly caused this one: its parent, then what it links to. */
  causesOf(place: number): readonly number[];
  /** The span and its ancestors by parent that are held, nearest first; empty if the span is not. */
  lineOf(spanId: string): readonly Span[];
  /** True when every ancestor by parent, up to a root, is held or proven to lie outside the request. */
  isTied(place: number): boolean;
  /** By span: the number of the process that it belongs to. Sequence numbers and clock readings compare within one process alone. */
  readonly processes: readonly number[];
  readonly processCount: number;
}

/** Indexes a trace. Linear in its spans; answers about ancestry are remembered. */
export function indexSpans(trace: WorkflowTrace): SpanIndex {
  const { spans } = trace;
  const { indexOf, parents } = spanTree(spans);
  const placeOf = (spanId: string): number => indexOf.get(spanId) ?? -1;
  return {
    spans,
    get: (spanId) => spans[placeOf(spanId)],
    placeOf,
    parents,
    causesOf: (place) => directCauses(place, { spans, indexOf, parents }),
    lineOf: (spanId) => lineFrom(placeOf(spanId), { spans, parents }),
    isTied: ancestryKnown(trace, { indexOf, parents }),
    ...processesOf(spans, parents),
  };
}

function lineFrom(
  place: number,
  { spans, parents }: { readonly spans: readonly Span[]; readonly parents: readonly number[] },
): readonly Span[] {
  const line = new Set<Span>();
  for (let at = place; at >= 0; at = parents[at] ?? -1) {
    const span = spans[at] as Span;
    if (line.has(span)) break;
    line.add(span);
  }
  return [...line];
}

function ancestryKnown(trace: WorkflowTrace, { indexOf, parents }: SpanTree): SpanIndex['isTied'] {
  if (trace.completedBy === 'accounted') return () => true;
  const outside = outsideOf(trace);
  const tied: (boolean | undefined)[] = [];
  return (place) => {
    const path = new Set<number>();
    let at = place;
    let answer = tied[at];
    while (answer === undefined) {
      path.add(at);
      const parent = parents[at] ?? -1;
      const span = trace.spans[at] as Span;
      if (parent < 0 || path.has(parent)) answer = outside(span) || isRoot(span, indexOf);
      else {
        at = parent;
        answer = tied[at];
      }
    }
    for (const each of path) tied[each] = answer;
    return answer;
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
function isRoot({ parentSpanId, links }: Span, indexOf: SpanTree['indexOf']): boolean {
  return parentSpanId === undefined && links.every(({ spanId }) => indexOf.has(spanId));
}

const NO_CAUSES: readonly number[] = [];

function directCauses(
  place: number,
  { spans, indexOf, parents }: SpanTree & { readonly spans: readonly Span[] },
): readonly number[] {
  const { links } = spans[place] as Span;
  const parent = parents[place] as number;
  if (links.length === 0) return parent < 0 ? NO_CAUSES : [parent];
  const causes = new Set<number>(parent < 0 ? [] : [parent]);
  for (const link of links) {
    const target = indexOf.get(link.spanId) ?? -1;
    if (target >= 0 && target !== place && spans[target]?.traceId === link.traceId) causes.add(target);
  }
  return [...causes];
}

/** Spans of one resource share a process where the resource names it. */
function processesOf(
  spans: readonly Span[],
  parents: readonly number[],
): Pick<SpanIndex, 'processes' | 'processCount'> {
  const numbers = new Map<string, number>();
  const byResource = new Map<Attributes, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
  const processes = spans.map((span, place) => {
    const known = byResource.get(span.resource);
    if (known !== undefined) return known;
    const named = namedProcess(span.resource);
    if (named === undefined) return numberOf(`local root ${localRoot(place, { spans, parents }).spanId}`);
    const process = numberOf(named);
    byResource.set(span.resource, process);
    return process;
  });
  return { processes, processCount: numbers.size };
}

function localRoot(
  place: number,
  { spans, parents }: { readonly spans: readonly Span[]; readonly parents: readonly number[] },
): Span {
  const visited = new Set<number>();
  let top = place;
  for (let parent = localParent(top); parent >= 0 && !visited.has(parent); parent = localParent(top)) {
    visited.add(parent);
    top = parent;
  }
  return spans[top] as Span;

  function localParent(at: number): number {
    const span = spans[at] as Span;
    if (span.parentIsRemote === true || span.kind === 'server' || span.kind === 'consumer') return -1;
    const parent = spans[parents[at] ?? -1];
    return parent && serviceOf(parent) === serviceOf(span) ? (parents[at] as number) : -1;
  }
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
