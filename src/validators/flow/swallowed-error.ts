import { groupBy } from '../../lib/group-by.js';
import { decisiveSpanId, type Finding, type Span, spanIdsOf, type TraceStep } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { isSameCall } from './same-call.js';
import { storeSystemOf } from './span-index.js';

/**
 * A call to a store failed, nothing repaired it, and the step around it says that all is well.
 *
 * ```
 *   step     ──▇▇▇▇▇▇▇▇──      not an error
 *   client     ▇ error          no later sibling that is the same call succeeded
 * ```
 *
 * The same call has the same name, and speaks of the same key, topic or statement, as far as its span tells. What failed under a try that was tried again is repaired.
 *
 * One finding a step. The step is the nearest one above the call; a call that is a step itself is judged by its own status, and a call under no step is
 * scenery. Calls to other services are not looked at: an error answer is often an answer. Stands under any completion but one that may hide the
 * retry: cannot tell while the step's process has lost spans.
 */
export function swallowedError(subject: Subject): readonly Finding[] {
  if (!subject.index.spans.some(({ status }) => status.code === 'error')) return [];
  const steps = new Map(subject.steps.flatMap((step) => spanIdsOf(step).map((spanId) => [spanId, step] as const)));
  const siblings = groupBy(subject.index.spans, ({ parentSpanId }) => parentSpanId);
  const swallowed = subject.index.spans.flatMap((span) => {
    if (span.status.code !== 'error' || storeSystemOf(span) === undefined || steps.has(span.spanId)) return [];
    const { step, spanId } = stepAbove(span, { subject, steps }) ?? {};
    if (
      !step ||
      spanId !== decisiveSpanId(step) ||
      step.status === 'error' ||
      isRepaired(span, siblings.get(span.parentSpanId) ?? [])
    )
      return [];
    return subject.absence.wasLost(step.stepName) ? [] : [{ span, step }];
  });
  return [...groupBy(swallowed, ({ step }) => step)].map(([step, [first]]) =>
    swallowedBy(subject, { step, span: first?.span }),
  );
}

function swallowedBy(
  subject: Subject,
  { step, span }: { readonly step: TraceStep; readonly span: Span | undefined },
): Finding {
  return findingAbout(subject, 'swallowed-error', {
    about: {
      step: step.stepName,
      occurrences: [step],
      spanIds: [decisiveSpanId(step), ...(span ? [span.spanId] : [])],
    },
    facts: {
      client: (span && storeSystemOf(span)) ?? '',
      message: span?.status.message ?? '',
      errorSpanId: span?.spanId ?? '',
    },
  });
}

/** The nearest step above a call, and the try of it that made the call. */
function stepAbove(
  span: Span,
  { subject, steps }: { readonly subject: Subject; readonly steps: ReadonlyMap<string, TraceStep> },
): { readonly step: TraceStep; readonly spanId: string } | undefined {
  for (const above of subject.index.lineOf(span.spanId).slice(1)) {
    const step = steps.get(above.spanId);
    if (step) return { step, spanId: above.spanId };
  }
  return undefined;
}

function isRepaired(span: Span, siblings: readonly Span[]): boolean {
  return siblings.some(
    (other) =>
      other.status.code !== 'error' &&
      other.startUnixNano >= span.startUnixNano &&
      other.spanId !== span.spanId &&
      isSameCall(other, span),
  );
}
