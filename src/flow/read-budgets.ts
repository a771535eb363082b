import type { Budget } from '../model/index.js';
import { durationAt, entriesOf, type FlowReading, knowsStep } from './flow-reading.js';

const ARROW = /\s*(?:->|→)\s*/;
const EACH = /\s+each$/;

/** `total`, a step's name, or `a -> b`, each with a duration. `each` after a step's duration says what holds anyway. */
export function readBudgets(data: unknown, reading: FlowReading): readonly Budget[] {
  return entriesOf(data, ['budgets'], reading).map(([key, value]) => readBudget(key, value, reading));
}

function readBudget(key: string, value: unknown, reading: FlowReading): Budget {
  const path = ['budgets', key];
  const text = typeof value === 'string' ? value.trim() : value;
  const [from = '', to, ...rest] = key.trim().split(ARROW);
  const step = to === undefined && from !== 'total';
  const limitMs = durationAt(step && typeof text === 'string' ? text.replace(EACH, '') : text, path, reading);
  if (from === 'total' && to === undefined) return { kind: 'total', limitMs };
  knowsStep(from, path, reading, 'key');
  if (to === undefined) return { kind: 'step', step: from, limitMs };
  knowsStep(to, path, reading, 'key');
  if (rest.length > 0) reading.problems.add(path, 'expected one arrow between two steps', { part: 'key' });
  return { kind: 'between', from, to, limitMs };
}
