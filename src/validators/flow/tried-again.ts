import type { TraceStep } from '../../model/index.js';
import type { Subject } from '../subject.js';

/**
 * One remark about steps that were tried again after a try that had gone well. It conforms, for a try counts as it ends; but what it did was done twice.
 *
 * Hedged calls are meant to be several, whichever goes well.
 */
export function triedAgainNotes({ flow, steps }: Subject): readonly string[] {
  const retried = new Set(flow.steps.flatMap(({ name, matcher }) => (matcher.tries === 'retried' ? [name] : [])));
  if (retried.size === 0) return [];
  const again = steps.filter((step) => retried.has(step.stepName) && wentWellBefore(step));
  const names = [...new Set(again.map(({ stepName }) => `\`${stepName}\``))];
  return names.length === 0 ? [] : [`tried again although a try had gone well: ${names.join(', ')}`];
}

function wentWellBefore({ attempts }: TraceStep): boolean {
  return attempts.slice(0, -1).some(({ status }) => status !== 'error');
}
