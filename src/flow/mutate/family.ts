import { groupBy } from '../../lib/group-by.js';
import type { Span, TraceStep } from '../../model/index.js';

/** The spans of a request by their parents, and which of them are steps. */
export interface Family {
  get(spanId: string): Span | undefined;
  /** The span and the spans below it that belong to its own doing: not those of other steps, nor what is below these. */
  ownOf(spanId: string): readonly Span[];
  /** The span and all that is below it. */
  allOf(spanId: string): readonly Span[];
}

/** Reads who is whose parent. A circle of parents ends where it began. */
export function familyOf(spans: readonly Span[], steps: readonly TraceStep[]): Family {
  const byId = new Map(spans.map((span) => [span.spanId, span] as const));
  const isStep = new Set(steps.flatMap(({ spanId, attempts }) => [spanId, ...attempts.map((each) => each.spanId)]));
  const children = groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const below = (spanId: string, enters: (span: Span) => boolean): readonly Span[] => {
    const found = new Set<Span>();
    const queue = [byId.get(spanId)];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...(children.get(next.spanId) ?? []).filter(enters));
    }
    return [...found];
  };
  return {
    get: (spanId) => byId.get(spanId),
    ownOf: (spanId) => below(spanId, (span) => !isStep.has(span.spanId)),
    allOf: (spanId) => below(spanId, () => true),
  };
}
