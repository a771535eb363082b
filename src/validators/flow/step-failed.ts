import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import { groupBy } from '../group-by.js';
import type { Subject } from '../subject.js';

/**
 * A step ended in error, and the flow does not let it.
 *
 * One finding a step, about its first occurrence that failed. A span whose status was never set did not fail. Stands under any completion.
 */
export function stepFailed(subject: Subject): readonly Finding[] {
  const failed = subject.steps.filter(
    ({ stepName, status }) => status === 'error' && !subject.declared(stepName)?.mayFail,
  );
  return [...groupBy(failed, ({ stepName }) => stepName)].map(([step, occurrences]) =>
    findingAbout(subject, 'step-failed', {
      about: { step, occurrences },
      facts: { message: occurrences[0]?.errorDetails ?? '' },
    }),
  );
}
