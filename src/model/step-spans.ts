import type { Finding } from './finding.js';
import type { TraceStep } from './trace.js';

/** The spans that a step is: one, or of a step that is tried several times each of its tries. */
export function spanIdsOf({ spanId, attempts }: TraceStep): readonly string[] {
  if (attempts.length < 2) return [spanId];
  return [spanId, ...attempts.flatMap((attempt) => (attempt.spanId === spanId ? [] : [attempt.spanId]))];
}

/** The span of the try that counts: the one whose end, output and status are the step's. */
export function decisiveSpanId({ spanId, attempts }: TraceStep): string {
  return attempts.at(-1)?.spanId ?? spanId;
}

/** True if a span of the step is among those that the finding rests on. */
export function restsOn({ spanIds }: Finding, step: TraceStep): boolean {
  return spanIdsOf(step).some((spanId) => spanIds.includes(spanId));
}
