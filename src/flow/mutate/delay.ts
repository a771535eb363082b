import { msToNanos } from '../../lib/clock.js';
import type { CompiledFlow, JudgeableRequest, Span } from '../../model/index.js';
import { withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

const WITHOUT_ANY_MS = 60_000;

/** Longer than any time that the flow sets a bound to. */
export function delayOf({ budgets, rules }: Pick<CompiledFlow, 'budgets' | 'rules'>): number {
  const limits = [...budgets.map(({ limitMs }) => limitMs), ...rules.map(({ window }) => window?.limitMs)];
  return 2 * Math.max(...limits.map((limit) => limit ?? 0), WITHOUT_ANY_MS / 2);
}

/** The first occurrence takes so much longer. What began after its end, and what it is inside of, moves along: the order stays. */
export function delay(
  { request, observations, family, occurrencesOf }: Subject,
  { step, byMs }: { readonly step: string; readonly byMs: number },
): JudgeableRequest | undefined {
  const [first] = occurrencesOf(step);
  if (!first) return undefined;
  const by = msToNanos(byMs);
  const around = new Set<string>();
  for (let at = family.get(first.spanId); at && !around.has(at.spanId); at = family.get(at.parentSpanId ?? '')) {
    around.add(at.spanId);
  }
  const later = (span: Span): Span => {
    if (span.startUnixNano >= first.endTime) return moved(span, by);
    const outlives = around.has(span.spanId) && span.endUnixNano >= first.endTime;
    return outlives ? { ...span, endUnixNano: span.endUnixNano + by } : span;
  };
  return { request: withSpans(request, request.spans.map(later)), observations };
}

function moved(span: Span, by: bigint): Span {
  return { ...span, startUnixNano: span.startUnixNano + by, endUnixNano: span.endUnixNano + by };
}
