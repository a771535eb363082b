import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';

/**
 * A step occurred, but more or less often than the flow allows.
 *
 * ```
 *   flow   vote × 3..5
 *   seen   vote vote          too few, once none may still come
 *   seen   vote × 6           too many, at once and for good
 * ```
 *
 * A step that occurred not at all is missing-step's. Cannot tell that there are too few while one may still come or was lost.
 */
export function wrongCount(subject: Subject): readonly Finding[] {
  return subject.counts.counts.map(({ step, ...facts }) =>
    findingAbout(subject, 'wrong-count', { about: { step, occurrences: subject.stepsNamed(step) }, facts }),
  );
}
