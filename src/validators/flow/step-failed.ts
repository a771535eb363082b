import { groupBy } from '../../lib/group-by.js';
import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';

/**
 * A step ended in error, and the flow does not let it.
 *
 * One finding a step, about its first occurrence that failed. A span whose status was never set did not fail. Stands under any completion, unless the step may be
 * tried again: cannot tell while a later try may come, or was lost.
 */
export function stepFailed(subject: Subject): readonly Finding[] {
  const failed = subject.steps.filter(
    ({ stepName, status }) =>
      status === 'error' && !subject.declared(stepName)?.mayFail && !mayTryAgain(stepName, subject),
  );
  return [...groupBy(failed, ({ stepName }) => stepName)].map(([step, occurrences]) =>
    findingAbout(subject, 'step-failed', {
      about: { step, occurrences },
      facts: { message: occurrences[0]?.errorDetails ?? '' },
    }),
  );
}

/** True for a step that is tried several times, where not every try may have been heard of. */
export function mayTryAgain(step: string, { declared, absence }: Pick<Subject, 'declared' | 'absence'>): boolean {
  return declared(step)?.attempts !== undefined && absence.mayLack(step);
}
