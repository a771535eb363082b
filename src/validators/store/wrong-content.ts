import type { Finding, StoredRecord, UnknownReason } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { type EffectSeen, effectFacts } from './effects-seen.js';

export interface ContentCheck {
  readonly findings: readonly Finding[];
  readonly reasons: readonly UnknownReason[];
}

/**
 * A record is there, and what the flow expects of it is false. One finding an effect, with the records it is false for.
 *
 * Cannot tell where the expectation cannot be worked out, or gives something other than true and false: that is a reason, not a finding.
 */
export function wrongContent(subject: Subject, evaluate: Evaluate): ContentCheck {
  const checks = subject.effects.map((seen) => checkEffect(subject, { seen, evaluate }));
  return { findings: checks.flatMap(({ findings }) => findings), reasons: checks.flatMap(({ reasons }) => reasons) };
}

function checkEffect(
  subject: Subject,
  { seen, evaluate }: { readonly seen: EffectSeen; readonly evaluate: Evaluate },
): ContentCheck {
  const { effect, records = [], steps } = seen;
  const { expect } = effect;
  if (expect === undefined) return { findings: [], reasons: [] };
  const scope = { ...subject.evidence.scope };
  const wrong: StoredRecord[] = [];
  const problems = new Set<string>();
  for (const record of records) {
    const answer = evaluate(expect, { ...scope, ...namesOf(record) });
    if ('error' in answer) problems.add(answer.error);
    else if (answer.value === false) wrong.push(record);
    else if (answer.value !== true) problems.add('the expectation is neither true nor false');
  }
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

/** The names by which an expression speaks of a record. */
function namesOf(record: StoredRecord): Readonly<Record<string, unknown>> {
  switch (record.store) {
    case 'neo4j':
      return { row: record.row };
    case 'redis':
      return { key: record.key, type: record.type, value: record.value, ttlMs: record.ttlMs, ...jsonOf(record.value) };
    case 'kafka': {
      const { topic, key, value, headers, partition, offset } = record;
      return { topic, key, value, headers, partition, offset, ...jsonOf(value) };
    }
    default:
      return record satisfies never;
  }
}

/** `json`, when the value is JSON. */
function jsonOf(value: unknown): { readonly json?: unknown } {
  if (typeof value !== 'string') return {};
  try {
    return { json: JSON.parse(value) };
  } catch {
    return {};
  }
}
