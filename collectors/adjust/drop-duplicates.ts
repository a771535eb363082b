import type { Span } from '../../src/model/index.js';
import { isFuller } from './fuller-span.js';

/** Each span once: exporters send again what they are not sure of. Of several forms of one span the fullest counts. */
export function dropDuplicates(spans: readonly Span[]): readonly Span[] {
  const kept = new Map<string, Span>();
  for (const span of spans) {
    const id = spanKey(span.traceId, span.spanId);
    const held = kept.get(id);
    if (!held || isFuller(span, held)) kept.set(id, span);
  }
  return [...kept.values()];
}

/** What tells spans apart: span ids are random, but only unique within a trace. */
export function spanKey(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`;
}
