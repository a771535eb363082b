import { type Finding, type Span, spanIdsOf } from '../../model/index.js';
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
 * One finding for a branch that was not to be taken, or a step; it rests on the occurrences that have no place. Stands under any completion: no late span makes it expected. Other spans are scenery.
 */
export function unexpectedStep(subject: Subject): readonly Finding[] {
  const offBranch = subject.counts.unexpected.map(({ step, branch, spanIds, ...more }) => {
    const named = [step, ...(more.also ?? [])].flatMap(subject.stepsNamed);
    const occurrences = spanIds ? named.filter(({ spanId }) => spanIds.includes(spanId)) : named;
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
  const { index } = subject;
  const isStep = index.spans.map(() => false);
  for (const spanId of subject.steps.flatMap(spanIdsOf)) {
    const place = index.placeOf(spanId);
    if (place >= 0) isStep[place] = true;
  }
  return index.spans.filter((span, place) => {
    if (isStep[place]) return false;
    const stated = statedStep(span);
    if (stated !== undefined) return subject.declared(stated) === undefined;
    if (isUnder(place, { isStep, parents: index.parents }) || storeSystemOf(span) === undefined) return false;
    // What is above it may have been its step, and lost.
    return index.isTied(place);
  });
}

/** True if an ancestor of the span is a step. */
function isUnder(
  span: number,
  { isStep, parents }: { readonly isStep: readonly boolean[]; readonly parents: readonly number[] },
): boolean {
  let left = parents.length; // parents can go round in a circle
  for (let at = parents[span] ?? -1; at >= 0 && left-- > 0; at = parents[at] ?? -1) if (isStep[at]) return true;
  return false;
}

function stepOf(span: Span): { readonly step?: string } {
  const step = statedStep(span);
  return step === undefined ? {} : { step };
}
