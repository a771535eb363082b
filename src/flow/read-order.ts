import { show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import type { FlowNode } from '../model/index.js';
import { type FlowReading, isMap, knowsStep, read } from './flow-reading.js';
import { repeatSchema } from './flow-schema.js';

const OPERATORS = ['sequence', 'parallel', 'choice', 'optional', 'repeat'] as const;
type Operator = (typeof OPERATORS)[number];

/** Operators that a process tree can have, but for which no check in linear time is known. */
const OUTSIDE_THE_CLASS: ReadonlySet<string> = new Set(['any-of', 'any-order', 'inside', 'under', 'flow']);

/**
 * The process tree at `path`; undefined where a problem was taken down. Each step MUST be at one place, and `repeat` MUST be
 * round one step: only so is "conforms" exact without a search.
 */
export function readOrder(data: unknown, path: DataPath, reading: FlowReading): FlowNode | undefined {
  const seen = new Map<string, DataPath>();
  return readNode(data, path, { reading, seen });
}

interface OrderReading {
  readonly reading: FlowReading;
  readonly seen: Map<string, DataPath>;
}

function readNode(data: unknown, path: DataPath, order: OrderReading): FlowNode | undefined {
  if (typeof data === 'string') return readStep(data, path, order);
  const { problems } = order.reading;
  const keys = isMap(data) ? Object.keys(data) : [];
  const [key] = keys;
  if (!isMap(data) || key === undefined) {
    problems.add(path, `expected a step's name or one of ${OPERATORS.join(', ')}, got ${show(data)}`);
    return undefined;
  }
  if (keys.length > 1) {
    problems.add([...path, keys[1] ?? ''], `expected one operator here, got ${keys.join(' and ')}`, { part: 'key' });
    return undefined;
  }
  const operator = OPERATORS.find((one) => one === key);
  if (operator) return readOperator(operator, data[key], { path: [...path, key], order });
  const refusal = OUTSIDE_THE_CLASS.has(key)
    ? `"${key}" is not supported: with it, deciding whether a request conforms needs a search instead of an exact check`
    : unknownName('operator', key, OPERATORS);
  problems.add([...path, key], refusal, { part: 'key' });
  return undefined;
}

function readOperator(
  operator: Operator,
  data: unknown,
  { path, order }: { readonly path: DataPath; readonly order: OrderReading },
): FlowNode | undefined {
  switch (operator) {
    case 'sequence':
    case 'parallel':
    case 'choice':
      return readChildren(operator, data, { path, order });
    case 'optional': {
      const child = readNode(data, path, order);
      return child && { kind: 'optional', child };
    }
    case 'repeat':
      return readRepeat(data, path, order);
    default:
      return operator satisfies never;
  }
}

function readChildren(
  kind: 'sequence' | 'parallel' | 'choice',
  data: unknown,
  { path, order }: { readonly path: DataPath; readonly order: OrderReading },
): FlowNode | undefined {
  if (!Array.isArray(data) || data.length === 0) {
    const got = Array.isArray(data) ? 'an empty one' : show(data);
    order.reading.problems.add(path, `expected a list of what ${kind} holds, got ${got}`);
    return undefined;
  }
  const children = data.map((child: unknown, index) => readNode(child, [...path, index], order));
  return { kind, children: children.filter((child) => child !== undefined) };
}

function readStep(step: string, path: DataPath, order: OrderReading): FlowNode | undefined {
  if (!knowsStep(step, path, order.reading)) return undefined;
  const before = order.seen.has(step);
  order.seen.set(step, path);
  if (!before) return { kind: 'step', step };
  const message = `step "${step}" is already in the order; each step has one place. Where it happens again, give it a step of its own with a matcher that tells them apart`;
  order.reading.problems.add(path, message);
  return undefined;
}

function readRepeat(data: unknown, path: DataPath, order: OrderReading): FlowNode | undefined {
  const { problems } = order.reading;
  if (isMap(data) && isMap(data['step'])) {
    problems.add([...path, 'step'], 'repeat goes round one step only: with a group, the exact check becomes a search');
    return undefined;
  }
  const repeat = read(repeatSchema, data, path, order.reading);
  if (!repeat) return undefined;
  const step = readStep(repeat.step, [...path, 'step'], order);
  const range = timesRange(repeat.times);
  if (!range) {
    problems.add([...path, 'times'], `expected times like 5, 3..5, 2..*, "*" or "+", got ${show(repeat.times)}`);
  } else if (range.max !== null && range.min > range.max) {
    problems.add([...path, 'times'], `the least of times, ${range.min}, is more than the most, ${range.max}`);
  }
  return step && range && { kind: 'repeat', child: step, ...range, parallel: repeat.parallel ?? false };
}

interface TimesRange {
  readonly min: number;
  readonly max: number | null;
}

const RANGE = /^(\d{1,6})(?:\.\.(\d{1,6}|\*))?$/;

/** `5`, `3..5`, `2..*`, `*` (any number) or `+` (one or more); undefined for anything else. */
export function timesRange(times: string | number): TimesRange | undefined {
  const text = String(times).replaceAll(' ', '');
  if (text === '*') return { min: 0, max: null };
  if (text === '+') return { min: 1, max: null };
  const match = RANGE.exec(text);
  if (!match) return undefined;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[2] === '*' ? null : Number(match[2]);
  return max === 0 ? undefined : { min, max };
}
