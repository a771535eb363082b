import type { Span } from '../../src/model/index.js';

/** Each span once: exporters send again what they are not sure of. The first of several counts. */
export function dropDuplicates(spans: readonly Span[]): readonly Span[] {
  const seen = new Set<string>();
  return spans.filter((span) => {
    const id = spanKey(span.traceId, span.spanId);
    return !seen.has(id) && seen.add(id);
  });
}

/** What tells spans apart: span ids are random, but only unique within a trace. */
export function spanKey(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`;
}
