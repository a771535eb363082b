import type { Finding, Span } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { serviceOf, statedStep, storeSystemOf } from './span-index.js';

/**
 * A span is a step that the branch taken does not allow; or, where the flow forbids what it does not know, a step of no name in the flow, or a call to a
 * store that belongs to no step.
 *
 * ```
 *   flow   choice: [approve → write] or [reject]
 *   seen   approve   write   reject          reject is unexpected beside approve
 * ```
 *
 * One finding for a branch that was not to be taken, or a step. Stands under any completion: no late span makes it expected. Other spans are scenery.
 */
export function unexpectedStep(subject: Subject): readonly Finding[] {
  const offBranch = subject.counts.unexpected.map(({ step, branch, ...more }) => {
    const occurrences = [step, ...(more.also ?? [])].flatMap(subject.stepsNamed);
    const spanName = subject.index.get(occurrences[0]?.spanId ?? '')?.name ?? step;
    return findingAbout(subject, 'unexpected-step', {
      about: { step, occurrences },
      facts: { spanName, branch, known: true, ...more },
    });
  });
  if (subject.flow.unexpected !== 'forbid') return offBranch;
  const unknown = unknownSpans(subject).map((span) =>
    findingAbout(subject, 'unexpected-step', {
      about: { ...stepOf(span), spanIds: [span.spanId], service: serviceOf(span) },
      facts: { spanName: span.name, branch: undefined, known: false },
    }),
  );
  return [...offBranch, ...unknown];
}

/** One remark about everything the flow does not know, where it asks for a report. */
export function unknownSpanNotes(subject: Subject): readonly string[] {
  if (subject.flow.unexpected !== 'report') return [];
  const names = [...new Set(unknownSpans(subject).map((span) => statedStep(span) ?? span.name))];
  return names.length === 0 ? [] : [`the flow does not know: ${names.join(', ')}`];
}

/** Spans that say they are a step which is none of the flow's, and calls to stores under no step at all. */
function unknownSpans(subject: Subject): readonly Span[] {
  const known = new Set(subject.steps.map(({ spanId }) => spanId));
  return subject.index.spans.filter((span) => {
    if (known.has(span.spanId)) return false;
    const stated = statedStep(span);
    if (stated !== undefined) return subject.declared(stated) === undefined;
    if (
      storeSystemOf(span) === undefined ||
      subject.index.lineOf(span.spanId).some(({ spanId }) => known.has(spanId))
    ) {
      return false;
    }
    // What is above it may have been its step, and lost.
    return subject.index.isTied(span);
  });
}

function stepOf(span: Span): { readonly step?: string } {
  const step = statedStep(span);
  return step === undefined ? {} : { step };
}
