import { groupBy } from '../../lib/group-by.js';
import type { Finding, Span } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { serviceOf } from './span-index.js';

/**
 * A trace of the request is tied to the rest by neither parent nor link, only by the request id or a correlation attribute: somewhere the context was not
 * passed on.
 *
 * ```
 *   trace 1   ▇▇ gateway ─▶ ▇▇ allocator ─▶ ▇▇ send
 *   trace 2                                         ▇▇ notifier      same request id, no edge
 * ```
 *
 * One finding for each part that hangs loose; the part with the earliest span is the request itself. Cannot tell while telemetry is lost or a hand-off
 * is unsettled: the span that held the edge may be the missing one.
 */
export function contextLost(subject: Subject): readonly Finding[] {
  const { trace, absence } = subject;
  const unheard =
    trace.completedBy !== 'accounted' && (absence.lossy.length > 0 || trace.accounting.missingParents.length > 0);
  if (unheard || isOneTrace(subject.index.spans)) return [];
  const [, ...loose] = connectedTraces(subject.index.spans);
  return loose.map((spans) => {
    const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
    const by = trace.joins.find((join) => traceIds.includes(join.traceId) && join.by !== 'link')?.by ?? 'request-id';
    const [first] = spans;
    return findingAbout(subject, 'context-lost', {
      about: { spanIds: spans.map(({ spanId }) => spanId), ...(first && { service: serviceOf(first) }) },
      facts: { traceIds, by },
    });
  });
}

function isOneTrace([first, ...others]: readonly Span[]): boolean {
  return others.every(({ traceId }) => traceId === first?.traceId);
}

/** The spans by connected part, that of the earliest span first. */
function connectedTraces(spans: readonly Span[]): readonly (readonly Span[])[] {
  const joined = new Map<string, string>();
  const partOf = (traceId: string): string => {
    const next = joined.get(traceId);
    if (next === undefined) return traceId;
    const part = partOf(next);
    joined.set(traceId, part);
    return part;
  };
  const held = new Set(spans.map(({ traceId }) => traceId));
  for (const span of spans) {
    for (const { traceId } of span.links) {
      const [a, b] = [partOf(span.traceId), partOf(traceId)];
      if (held.has(traceId) && a !== b) joined.set(a, b);
    }
  }
  const byStart = [...spans].sort((a, b) =>
    a.startUnixNano < b.startUnixNano ? -1 : a.startUnixNano > b.startUnixNano ? 1 : 0,
  );
  return [...groupBy(byStart, ({ traceId }) => partOf(traceId)).values()];
}
