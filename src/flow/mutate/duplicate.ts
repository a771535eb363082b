import type { JudgeableRequest, Span } from '../../model/index.js';
import { STAMP_NAMES } from '../../model/index.js';
import { withAttributes, withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** The last occurrence happens `copies` times more, side by side with itself. The stores stay as they are. */
export function duplicate(
  { request, observations, family, occurrencesOf }: Subject,
  { step, copies }: { readonly step: string; readonly copies: number },
): JudgeableRequest {
  const last = occurrencesOf(step).at(-1);
  const own = last ? family.ownOf(last.spanId) : [];
  const more = Array.from({ length: copies }, (_, i) => twins(own, `${i + 1}`)).flat();
  return { request: withSpans(request, [...request.spans, ...more]), observations };
}

/** Nobody stamped the copies: two moments of a process never have one number. */
function twins(spans: readonly Span[], nth: string): readonly Span[] {
  const ids = new Map(spans.map(({ spanId }) => [spanId, `${spanId}+${nth}`] as const));
  return spans.map((span) => ({
    ...span,
    spanId: ids.get(span.spanId) ?? span.spanId,
    parentSpanId: span.parentSpanId === undefined ? undefined : (ids.get(span.parentSpanId) ?? span.parentSpanId),
    attributes: withAttributes(span.attributes, {
      [STAMP_NAMES.start]: null,
      [STAMP_NAMES.end]: null,
      [STAMP_NAMES.sent]: null,
    }),
  }));
}
