import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts } from './effects-seen.js';

/**
 * The store holds more records than the step must leave: a message sent twice, a node made twice.
 *
 * ```
 *   step   ──▇▇▇▇──
 *   store         ▣ ▣      more than `count`
 * ```
 *
 * Stands under any completion: no late span takes a record away. Cannot tell when the store did not answer; of a step without a span it is left to
 * effect-without-span.
 */
export function duplicateEffect(subject: Subject): readonly Finding[] {
  return subject.effects.flatMap((seen) => {
    const { effect, records, steps } = seen;
    if (steps.length === 0 || records === undefined || records.length <= effect.count) return [];
    return findingAbout(subject, 'duplicate-effect', {
      about: { step: effect.step, occurrences: steps, store: effect.query.store },
      facts: { ...effectFacts(seen), expectedCount: effect.count, observedCount: records.length },
    });
  });
}
