import type { StoredRecord, UnknownReason } from '../../model/index.js';
import { type Checked, joinChecked, NOTHING_FOUND } from '../checked.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { type EffectSeen, effectFacts } from './effects-seen.js';
import { recordNames } from './record-names.js';

/**
 * A record is there, and what the flow expects of it is false. One finding an effect, with the records it is false for.
 *
 * Cannot tell where the expectation cannot be worked out, or gives something other than true and false: that is a reason, not a finding.
 */
export function wrongContent(subject: Subject, evaluate: Evaluate): Checked {
  return joinChecked(subject.effects.map((seen) => checkEffect(subject, { seen, evaluate })));
}

function checkEffect(
  subject: Subject,
  { seen, evaluate }: { readonly seen: EffectSeen; readonly evaluate: Evaluate },
): Checked {
  const { effect, records = [], steps } = seen;
  const { expect } = effect;
  if (expect === undefined || records.length === 0) return NOTHING_FOUND;
  const scope = { ...subject.evidence.scope };
  const wrong: StoredRecord[] = [];
  const problems = new Set<string>();
  for (const record of records) {
    const answer = evaluate(expect, { ...scope, ...recordNames(record) });
    if ('error' in answer) problems.add(answer.error);
    else if (answer.value === false) wrong.push(record);
    else if (answer.value !== true) problems.add('the expectation is neither true nor false');
  }
  if (wrong.length + problems.size === 0) return NOTHING_FOUND;
  const finding = findingAbout(subject, 'wrong-content', {
    about: { step: effect.step, occurrences: steps, store: effect.query.store },
    facts: { ...effectFacts({ ...seen, records: wrong }), expect },
  });
  const undecided = (problem: string): UnknownReason => ({
    code: 'undecided',
    about: 'expression',
    steps: [effect.step],
    detail: `${expect}: ${problem}`,
  });
  return { findings: wrong.length > 0 ? [finding] : [], reasons: [...problems].map(undecided) };
}
