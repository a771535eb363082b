import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';
import type { AssembledRequest, Span } from '../src/model/index.js';

/**
 * The spans of a request without what a shared batch did for other requests: its spans that work on messages of none of this one's, and what is below them.
 *
 * ```
 *   batch   poll ─┬─ process ··· links the sender of this request          stays
 *                 ├─ process ··· links a sender that is not here           goes
 *                 └─ handler                                               stays: it is everybody's
 * ```
 *
 * Only beside a span that does link this request: else the batch may be here for another reason, and its links lead to what was never sent.
 */
export function ownWork({ requestId, traceIds, spans }: AssembledRequest): readonly Span[] {
  if (traceIds.length < 2) return spans;
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const isHere = (spanId: string | undefined, outside: string): boolean => {
    const found = spanId === undefined ? undefined : byId.get(spanId);
    return found !== undefined && found.traceId !== outside;
  };
  const workers = spans.filter(({ kind, links }) => kind === 'consumer' && links.length > 0);
  const serves = (span: Span): boolean => span.links.some(({ spanId }) => isHere(spanId, span.traceId));
  const shared = new Set(workers.filter(serves).map(({ traceId }) => traceId));
  const others = workers.filter((span) => shared.has(span.traceId) && !serves(span) && !isOwn(span, requestId, byId));
  return others.length === 0 ? spans : without(others, spans);
}

function isOwn(
  { attributes, parentSpanId, parentIsRemote }: Span,
  requestId: string,
  byId: ReadonlyMap<string, Span>,
): boolean {
  return attributes.get(REQUEST_ID) === requestId || (parentIsRemote === true && byId.has(parentSpanId ?? ''));
}

function without(roots: readonly Span[], spans: readonly Span[]): readonly Span[] {
  const children = new Map<string, string[]>();
  for (const { spanId, parentSpanId } of spans) {
    if (parentSpanId === undefined) continue;
    const known = children.get(parentSpanId);
    if (known) known.push(spanId);
    else children.set(parentSpanId, [spanId]);
  }
  const gone = new Set(roots.map(({ spanId }) => spanId));
  for (const id of gone) for (const child of children.get(id) ?? []) gone.add(child);
  return spans.filter(({ spanId }) => !gone.has(spanId));
}
