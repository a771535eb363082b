import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts } from './effects-seen.js';

/**
 * A lying span: the step happened and did not fail, and its store holds fewer records than the step must leave.
 *
 * ```
 *   step   ──▇▇▇▇──        ok
 *   store         ∅        read after the effect's wait: fewer than `count`
 * ```
 *
 * Cannot tell when the store did not answer or nobody looked, nor of a step that failed: a failed write may or may not have taken effect.
 */
export function spanWithoutEffect(subject: Subject): readonly Finding[] {
  return subject.effects.flatMap((seen) => {
    const { effect, records, steps, happened } = seen;
    if (!happened || records === undefined || records.length >= effect.count) return [];
    const occurrences = steps.filter(({ status }) => status !== 'error');
    return findingAbout(subject, 'span-without-effect', {
      about: { step: effect.step, occurrences, store: effect.query.store },
      facts: { ...effectFacts(seen), expectedCount: effect.count, observedCount: records.length },
    });
  });
}
