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
 * So is an occurrence that took more or fewer attempts than its step may. A step that occurred not at all is missing-step's. Cannot tell that there are too few while one may still come or was lost.
 */
export function wrongCount(subject: Subject): readonly Finding[] {
  const counted = subject.counts.counts.map(({ step, inRound, ...facts }) => {
    const all = [step, ...(facts.also ?? [])].flatMap(subject.stepsNamed);
    const occurrences = inRound ? all.filter(({ spanId }) => inRound.includes(spanId)) : all;
    return findingAbout(subject, 'wrong-count', {
      about: { step, occurrences },
      facts: { ...facts, ...(inRound && { inRound: true }) },
    });
  });
  return [...counted, ...wrongAttempts(subject)];
}

/** One finding a step, about its first occurrence with so many. Too few tries are no finding while one may still come. */
function wrongAttempts(subject: Subject): readonly Finding[] {
  return subject.flow.steps.flatMap(({ name, attempts }) => {
    if (!attempts) return [];
    const { min, max } = attempts;
    const wrong = subject.stepsNamed(name).find(({ attempts: { length } }) => {
      const isTooFew = length < min && !subject.absence.mayStillCome(name);
      return isTooFew || (max !== null && length > max);
    });
    if (!wrong) return [];
    const about = { step: name, occurrences: [wrong], spanIds: wrong.attempts.map(({ spanId }) => spanId) };
    return [
      findingAbout(subject, 'wrong-count', {
        about,
        facts: { min, max, observed: wrong.attempts.length, of: 'attempts' },
      }),
    ];
  });
}
