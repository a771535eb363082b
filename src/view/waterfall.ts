import type { Span, TraceStep, WorkflowTrace } from '../model/index.js';

/** One line of a waterfall: a span below its parent, on a common time axis that starts with the request. */
export interface WaterfallRow {
  readonly spanId: string;
  readonly depth: number;
  readonly name: string;
  readonly service: string;
  readonly step: string | undefined;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

/**
 * The spans of a request as a tree in pre-order, siblings by start. A span whose parent is not held stands at the top level.
 * A cycle of parents, which no honest sender makes, ends up at the bottom, flat.
 */
export function waterfall(trace: WorkflowTrace): readonly WaterfallRow[] {
  const steps = new Map(trace.steps.flatMap((step) => stepSpans(step).map((spanId) => [spanId, step] as const)));
  const { roots, childrenOf } = family(trace.spans);
  const rows = new Map<string, WaterfallRow>();
  // A stack, for a request can be deeper than calls can nest. What no root leads to is a cycle: it comes last.
  const stack = [...roots, ...trace.spans].map((span) => ({ span, depth: 0 })).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { span, depth } = next;
    if (rows.has(span.spanId)) continue;
    rows.set(span.spanId, row(span, depth, { trace, step: steps.get(span.spanId) }));
    for (const child of childrenOf(span).toReversed()) stack.push({ span: child, depth: depth + 1 });
  }
  return [...rows.values()];
}

/** The span that is the step, and each later attempt at it. */
function stepSpans({ spanId, attempts }: TraceStep): readonly string[] {
  return [spanId, ...attempts.map((attempt) => attempt.spanId)];
}

function family(spans: readonly Span[]) {
  const held = new Set(spans.map(({ spanId }) => spanId));
  const roots: Span[] = [];
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = span.parentSpanId;
    if (parent === undefined || !held.has(parent)) roots.push(span);
    else if (children.has(parent)) children.get(parent)?.push(span);
    else children.set(parent, [span]);
  }
  return { roots, childrenOf: (span: Span): readonly Span[] => children.get(span.spanId) ?? [] };
}

function row(
  span: Span,
  depth: number,
  { trace, step }: { readonly trace: WorkflowTrace; readonly step: TraceStep | undefined },
): WaterfallRow {
  return {
    spanId: span.spanId,
    depth,
    name: spanTitle(span),
    service: String(span.resource.get('service.name') ?? ''),
    step: step?.stepName,
    startMs: Number(span.startUnixNano - trace.startTime) / 1e6,
    durationMs: Number(span.endUnixNano - span.startUnixNano) / 1e6,
    failed: span.status.code === 'error',
  };
}

/** HTTP spans are named by their method alone; with the path one can tell them apart. */
function spanTitle({ name, attributes }: Span): string {
  const method = attributes.get('http.request.method');
  if (method === undefined) return name;
  const url = String(attributes.get('url.full') ?? '');
  const path = attributes.get('url.path') ?? /^[a-z]+:\/\/[^/]*([^?#]*)/.exec(url)?.[1];
  return path === undefined || path === '' ? name : `${name} ${path}`;
}
