import type { Finding, LogMessage } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { type EffectSeen, effectFacts } from './effects-seen.js';

/**
 * A message is there, and a group that must consume it has not committed past it.
 *
 * ```
 *   partition   … 40  41 [42] 43 …
 *   group             ▲ reads 41 next: 42 is not consumed
 * ```
 *
 * One finding a group, about the first message it has not passed. A group that never committed on the partition has consumed nothing there. Stands under
 * any completion: the position was read after the effect's wait.
 */
export function notConsumed(subject: Subject): readonly Finding[] {
  return subject.effects.flatMap((seen) => {
    const { query } = seen.effect;
    if (query.store !== 'kafka') return [];
    const messages = (seen.records ?? []).filter((record) => record.store === 'kafka');
    return query.consumedBy.flatMap((group) => {
      const behind = messages.find((message) => !hasPassed(message, group));
      return behind ? [notConsumedBy(subject, { seen, group, message: behind })] : [];
    });
  });
}

function positionOf(message: LogMessage, group: string): string | undefined {
  return message.groups.find((position) => position.group === group)?.committedOffset;
}

function hasPassed(message: LogMessage, group: string): boolean {
  const position = positionOf(message, group);
  return position !== undefined && BigInt(position) > BigInt(message.offset);
}

function notConsumedBy(
  subject: Subject,
  { seen, group, message }: { readonly seen: EffectSeen; readonly group: string; readonly message: LogMessage },
): Finding {
  return findingAbout(subject, 'not-consumed', {
    about: { step: seen.effect.step, occurrences: seen.steps, store: 'kafka' },
    facts: {
      ...effectFacts({ ...seen, records: [message] }),
      group,
      partition: message.partition,
      offset: message.offset,
      committedOffset: positionOf(message, group),
    },
  });
}
