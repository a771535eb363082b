import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts } from './effects-seen.js';

/**
 * A write was committed and never announced: the effect of `commit` is there, and of `publish` there is neither a step nor an effect.
 *
 * ```
 *   commit    ▣
 *   publish   ∅   no span, no message
 * ```
 *
 * Cannot tell when the message's store did not answer, nor, for a publish step that leaves no effect, while its span may be unheard.
 */
export function outboxGap(subject: Subject): readonly Finding[] {
  return subject.flow.outbox.flatMap(({ commit, publish }) => {
    const committed = subject.effects.find(
      ({ effect, records }) => effect.step === commit && records && records.length > 0,
    );
    if (!committed || subject.stepsNamed(publish).length > 0) return [];
    const published = subject.effects.filter(({ effect }) => effect.step === publish);
    const silent = published.length > 0 && published.every(({ records }) => records?.length === 0);
    if (!silent && (published.length > 0 || subject.absence.mayBeUnheard(publish))) return [];
    return findingAbout(subject, 'outbox-gap', {
      about: {
        step: publish,
        ...(published[0] && { store: published[0].effect.query.store }),
        spanIds: subject.stepsNamed(commit).map(({ spanId }) => spanId),
      },
      facts: { commit, publish, committed: effectFacts(committed).where },
    });
  });
}
