import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts } from './effects-seen.js';

/**
 * An effect outlives the one it belongs to: the child is there, its `parent` is not.
 *
 * ```
 *   parent   ∅   a store that answered: no record
 *   child    ▣
 * ```
 *
 * Stands under any completion. Cannot tell when either store did not answer, or nobody looked.
 */
export function orphan(subject: Subject): readonly Finding[] {
  return subject.effects.flatMap((seen) => {
    const { effect, records, steps } = seen;
    if (effect.parent === undefined || records === undefined || records.length === 0) return [];
    const parents = subject.effects.filter((each) => each.effect.step === effect.parent);
    if (parents.length === 0 || !parents.every((parent) => parent.records?.length === 0)) return [];
    return findingAbout(subject, 'orphan', {
      about: { step: effect.step, occurrences: steps, store: effect.query.store },
      facts: { ...effectFacts(seen), parent: effect.parent },
    });
  });
}
