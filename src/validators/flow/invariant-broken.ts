import type { Finding, TraceStep, UnknownReason } from '../../model/index.js';
import type { Checked } from '../checked.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { invariantScope } from './invariant-scope.js';

/**
 * Something that must be true of the request is false. The finding rests on the steps that the expression names.
 *
 * Cannot tell while a step may still come, since what is false of a part may be true of the whole, nor where the expression cannot be worked out.
 */
export function invariantBroken(subject: Subject, evaluate: Evaluate): Checked {
  const { invariants, steps } = subject.flow;
  if (invariants.length === 0) return { findings: [], reasons: [] };
  const scope = invariantScope(subject);
  const partial = steps.some(({ name }) => subject.absence.mayStillCome(name));
  const findings: Finding[] = [];
  const reasons: UnknownReason[] = [];
  for (const { name, expression } of invariants) {
    const answer = evaluate(expression, scope);
    const value = 'error' in answer ? undefined : answer.value;
    if (value === true) continue;
    if (value === false && !partial) {
      const about = { occurrences: spokenOf(expression, subject) };
      findings.push(findingAbout(subject, 'invariant-broken', { about, facts: { name, expression } }));
      continue;
    }
    const detail =
      'error' in answer ? answer.error : value === false ? 'it is false so far' : 'it is neither true nor false';
    reasons.push({ code: 'undecided', about: 'invariant', steps: [], detail: `${name}: ${detail}` });
  }
  return { findings, reasons };
}

const STEP_NAMED = /\bsteps\.([A-Za-z_]\w*)/g;

function spokenOf(expression: string, { flow, stepsNamed }: Subject): readonly TraceStep[] {
  const spoken = new Set([...expression.matchAll(STEP_NAMED)].map(([, name]) => name));
  const named = flow.steps.filter(({ name }) => spoken.has(name.replaceAll('-', '_')));
  return named.flatMap(({ name }) => stepsNamed(name));
}
