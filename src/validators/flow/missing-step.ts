import type { Finding } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { stepsUnder } from './tree.js';

/**
 * The flow requires a step, and there is none.
 *
 * ```
 *   flow   a → b → c → d
 *   seen   a                    one finding: b is missing after a; later: c, d; stopped
 *   seen   a       c            two: b, and d: c went on without b
 * ```
 *
 * Only the earliest missing steps are findings; a missing step is `later` than another that the flow puts before it, unless something happened between
 * them. `stopped`: nothing that the flow puts after the last step that happened is there; then all of it is one finding.
 *
 * Cannot tell of a step that may still come, or that was lost; a step that only its store shows is not missing.
 */
export function missingStep(subject: Subject): readonly Finding[] {
  const { missing } = subject.counts;
  const claimed = new Set<string>();
  return missing.flatMap((step) => {
    if (claimed.has(step)) return [];
    const after = lastBefore(subject, step);
    const stopped = isStopped(subject, { step, after });
    const later = missing.filter(
      (other) =>
        other !== step &&
        !claimed.has(other) &&
        (stopped ? follows(subject, { after, other }) : isLater(subject, { step, other })),
    );
    for (const each of [step, ...later]) claimed.add(each);
    const occurrences = after === undefined ? [] : subject.stepsNamed(after);
    const spanIds = occurrences.slice(-1).map(({ spanId }) => spanId);
    return [findingAbout(subject, 'missing-step', { about: { step, spanIds }, facts: { after, later, stopped } })];
  });
}

/** The last step in the flow's order that happened and that the flow puts before this one. */
function lastBefore(subject: Subject, step: string): string | undefined {
  return stepsUnder(subject.flow.order).findLast(
    (other) => happened(subject, other) && subject.followersOf(other).has(step),
  );
}

function isStopped(
  subject: Subject,
  { step, after }: { readonly step: string; readonly after: string | undefined },
): boolean {
  const rest = after === undefined ? subject.followersOf(step) : subject.followersOf(after);
  return ![...rest].some((other) => happened(subject, other));
}

function follows(
  subject: Subject,
  { after, other }: { readonly after: string | undefined; readonly other: string },
): boolean {
  return after === undefined || subject.followersOf(after).has(other);
}

function isLater(subject: Subject, { step, other }: { readonly step: string; readonly other: string }): boolean {
  const after = subject.followersOf(step);
  if (!after.has(other)) return false;
  return ![...after].some((between) => happened(subject, between) && subject.followersOf(between).has(other));
}

function happened(subject: Subject, step: string): boolean {
  return (
    subject.stepsNamed(step).length > 0 || subject.effects.some(({ effect, isDark }) => isDark && effect.step === step)
  );
}
