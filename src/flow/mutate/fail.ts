import type { JudgeableRequest, TraceStep } from '../../model/index.js';
import { withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** The occurrence ends in an error, and the rest goes on as if it had not. */
export function fail({ request, observations }: Subject, { spanId }: TraceStep): JudgeableRequest {
  const status = { code: 'error', message: 'made to fail' } as const;
  const spans = request.spans.map((span) => (span.spanId === spanId ? { ...span, status } : span));
  return { request: withSpans(request, spans), observations };
}
