import type { DataPath } from '../lib/yaml-document.js';
import type { Budget, BudgetScope, TimeWindow } from '../model/index.js';
import { durationAt, entriesOf, type FlowReading, isMap, knowsStep, read } from './flow-reading.js';
import { budgetSchema } from './flow-schema.js';
import { windowAt } from './time-window.js';

const ARROW = /\s*(?:->|→)\s*/;
const EACH = /\s+each$/;

/**
 * `total`, a step's name, or `a -> b`, with a duration, a range of durations, or a map of bounds. `each` after a step's duration says what holds
 * anyway; `per: attempt` is for steps that declare attempts.
 */
export function readBudgets(data: unknown, reading: FlowReading): readonly Budget[] {
  return entriesOf(data, ['budgets'], reading).flatMap(([key, value]) => readBudget(key, value, reading) ?? []);
}

function readBudget(key: string, value: unknown, reading: FlowReading): Budget | undefined {
  const path = ['budgets', key];
  const scope = readScope(key, path, reading);
  if (isMap(value)) return readBounds(scope, value, { path, reading });
  if (typeof value !== 'string') {
    durationAt(value, path, reading);
    return undefined;
  }
  return { ...scope, ...windowAt(scope.kind === 'step' ? value.trim().replace(EACH, '') : value, path, reading) };
}

function readScope(key: string, path: DataPath, reading: FlowReading): BudgetScope {
  const [from = '', to, ...rest] = key.trim().split(ARROW);
  if (from === 'total' && to === undefined) return { kind: 'total' };
  knowsStep(from, path, reading, 'key');
  if (to === undefined) return { kind: 'step', step: from };
  knowsStep(to, path, reading, 'key');
  if (rest.length > 0) reading.problems.add(path, 'expected one arrow between two steps', { part: 'key' });
  return { kind: 'between', from, to };
}

function readBounds(
  scope: BudgetScope,
  data: unknown,
  { path, reading }: { readonly path: DataPath; readonly reading: FlowReading },
): Budget | undefined {
  const parts = read(budgetSchema, data, path, reading);
  if (!parts) return undefined;
  const { 'at-most': most, 'at-least': least, per } = parts;
  if (most === undefined && least === undefined) reading.problems.add(path, 'expected "at-most" or "at-least"');
  if (per === 'attempt' && scope.kind !== 'step') {
    reading.problems.add([...path, 'per'], 'only a step has attempts', { part: 'key' });
  }
  const bounds: TimeWindow = {
    ...(least === undefined ? {} : { leastMs: durationAt(least, [...path, 'at-least'], reading) }),
    ...(most === undefined ? {} : { limitMs: durationAt(most, [...path, 'at-most'], reading) }),
  };
  const each: BudgetScope = per === 'attempt' && scope.kind === 'step' ? { kind: 'attempt', step: scope.step } : scope;
  return { ...each, ...bounds };
}
