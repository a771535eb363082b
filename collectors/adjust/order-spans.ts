import type { Span } from '../../src/model/index.js';

/** By start, then span id, then trace id: an order that depends on the spans alone. */
export function orderSpans(spans: readonly Span[]): readonly Span[] {
  return [...spans].sort(compareSpans);
}

/** True if the spans are in that order, and no two of them are the same. */
export function areInOrder(spans: readonly Span[]): boolean {
  for (let i = 1; i < spans.length; i++) {
    const [before, span] = [spans[i - 1] as Span, spans[i] as Span];
    if (before.startUnixNano >= span.startUnixNano && compareSpans(before, span) >= 0) return false;
  }
  return true;
}

function compareSpans(a: Span, b: Span): number {
  return compare(a.startUnixNano, b.startUnixNano) || compare(a.spanId, b.spanId) || compare(a.traceId, b.traceId);
}

export function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
