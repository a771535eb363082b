import type { JudgeableRequest, TraceStep } from '../../model/index.js';
import { withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** The occurrence begins a trace of its own, in which all that is below it happens. Undefined where it is the request's own root. */
export function loseContext(
  { request, observations, family }: Subject,
  { spanId }: TraceStep,
): JudgeableRequest | undefined {
  const cut = new Set(family.allOf(spanId).map((span) => span.spanId));
  const from = family.get(spanId)?.traceId;
  if (from === undefined || cut.size === request.spans.length) return undefined;
  const traceId = another(from);
  const spans = request.spans.map((span) => {
    if (!cut.has(span.spanId)) return span;
    const alone = { parentSpanId: undefined, parentIsRemote: undefined, traceState: '', links: [] };
    return { ...span, traceId, ...(span.spanId === spanId ? alone : {}) };
  });
  const joins = [...request.joins, { traceId, to: from, by: 'request-id', guess: false } as const];
  return { request: { ...withSpans(request, spans), joins }, observations };
}

/** A trace id that differs in its first digit. */
function another(traceId: string): string {
  return `${traceId.startsWith('f') ? 'e' : 'f'}${traceId.slice(1)}`;
}
