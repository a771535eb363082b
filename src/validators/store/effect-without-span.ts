import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts } from './effects-seen.js';

/**
 * A dark write: the store holds the effect of a step that no span shows. Also where the branch taken does not have the step at all.
 *
 * ```
 *   step                   no span, and none was lost
 *   store         ▣        a record
 * ```
 *
 * Cannot tell when the step's telemetry may have been lost: while the request's completion is not proven, a step of a process that has not closed its
 * account, or of a step that names no service, may just be unheard.
 */
export function effectWithoutSpan(subject: Subject): readonly Finding[] {
  return subject.effects.flatMap((seen) => {
    const { effect, records, isDark } = seen;
    if (!isDark || records === undefined || subject.absence.mayBeUnheard(effect.step)) return [];
    return findingAbout(subject, 'effect-without-span', {
      about: { step: effect.step, store: effect.query.store },
      facts: { ...effectFacts(seen), observedCount: records.length },
    });
  });
}
