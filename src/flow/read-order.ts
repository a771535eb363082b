import { show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import type { FlowNode } from '../model/index.js';
import { checkExpression } from './check-expression.js';
import { rangeAt } from './count-range.js';
import { type FlowReading, isMap, knowsName, knowsStep, type PlainMap, read } from './flow-reading.js';
import { conditionSchema, placeSchema, repeatSchema, sequenceSchema } from './flow-schema.js';

const LISTS = ['parallel', 'any-order', 'choice', 'any-of'] as const;
type ListOperator = (typeof LISTS)[number];
const OPERATORS = ['sequence', ...LISTS, 'optional', 'repeat', 'step', 'flow', 'if'] as const;
type Operator = (typeof OPERATORS)[number];

/** Where the order is read, and which parts of the flow it is already within. */
interface Place {
  readonly path: DataPath;
  readonly reading: FlowReading;
  /** Parts that are being read: a part within itself has no end. */
  readonly open: readonly string[];
}

/** The process tree at `path`; undefined where a problem was taken down. */
export function readOrder(data: unknown, path: DataPath, reading: FlowReading): FlowNode | undefined {
  return readNode(data, { path, reading, open: [] });
}

/** Every part of `flows`, whether the order uses it or not, so that each mistake is told. */
export function checkParts(reading: FlowReading): void {
  for (const name of Object.keys(reading.parts)) readPart(name, { path: ['flows', name], reading, open: [] });
}

function readNode(data: unknown, place: Place): FlowNode | undefined {
  if (typeof data === 'string') return readStep(data, place);
  const { problems } = place.reading;
  const keys = isMap(data) ? Object.keys(data) : [];
  if (!isMap(data) || keys[0] === undefined) {
    problems.add(place.path, `expected a step's name or one of ${OPERATORS.join(', ')}, got ${show(data)}`);
    return undefined;
  }
  if ('if' in data) return readCondition(data, place);
  if ('step' in data) return readPlace(data, place);
  const [key, another] = keys;
  if (another !== undefined) {
    problems.add([...place.path, another], `expected one operator here, got ${keys.join(' and ')}`, { part: 'key' });
    return undefined;
  }
  const operator = OPERATORS.find((one) => one === key);
  if (operator) return readOperator(operator, data[key], at(place, key));
  problems.add([...place.path, key], unknownName('operator', key, OPERATORS), { part: 'key' });
  return undefined;
}

function at(place: Place, ...keys: readonly PropertyKey[]): Place {
  return { ...place, path: [...place.path, ...keys] };
}

function readOperator(operator: Operator, data: unknown, place: Place): FlowNode | undefined {
  switch (operator) {
    case 'sequence':
      return readSequence(data, place);
    case 'parallel':
    case 'any-order':
    case 'choice':
    case 'any-of':
      return readList(operator, data, place);
    case 'optional': {
      const child = readNode(data, place);
      return child && { kind: 'optional', child };
    }
    case 'repeat':
      return readRepeat(data, place);
    case 'flow':
      return readPartNamed(data, place);
    case 'step':
    case 'if':
      return undefined;
    default:
      return operator satisfies never;
  }
}

function readList(kind: ListOperator, data: unknown, place: Place): FlowNode | undefined {
  const children = readChildren(kind, data, place);
  return children && { kind, children };
}

function readChildren(kind: string, data: unknown, place: Place): readonly FlowNode[] | undefined {
  if (!Array.isArray(data) || data.length === 0) {
    const got = Array.isArray(data) ? 'an empty one' : show(data);
    place.reading.problems.add(place.path, `expected a list of what ${kind} holds, got ${got}`);
    return undefined;
  }
  const children = data.map((child: unknown, index) => readNode(child, at(place, index)));
  return children.filter((child) => child !== undefined);
}

/** A list, or `{ by: start, of: [...] }`. */
function readSequence(data: unknown, place: Place): FlowNode | undefined {
  if (!isMap(data)) {
    const children = readChildren('sequence', data, place);
    return children && { kind: 'sequence', children };
  }
  const parts = read(sequenceSchema, data, place.path, place.reading);
  const children = parts && readChildren('sequence', parts.of, at(place, 'of'));
  return children && { kind: 'sequence', children, ...(parts.by === undefined ? {} : { by: parts.by }) };
}

function readStep(step: string, { path, reading }: Place): FlowNode | undefined {
  if (knowsStep(step, path, reading)) return { kind: 'step', step };
  if (step in reading.parts) reading.problems.add(path, `"${step}" is a part: write { flow: ${step} }`);
  return undefined;
}

function readPlace(data: PlainMap, place: Place): FlowNode | undefined {
  const { path, reading } = place;
  const parts = read(placeSchema, data, path, reading);
  if (!parts) return undefined;
  const { step, under } = parts;
  const known = knowsStep(step, [...path, 'step'], reading);
  if (under === undefined) return known ? { kind: 'step', step } : undefined;
  return knowsStep(under, [...path, 'under'], reading) && known ? { kind: 'step', step, under } : undefined;
}

function readRepeat(data: unknown, place: Place): FlowNode | undefined {
  const { path, reading } = place;
  const parts = read(repeatSchema, data, path, reading);
  if (!parts) return undefined;
  if ((parts.step === undefined) === (parts.of === undefined)) {
    reading.problems.add(path, 'expected either "step" or "of": what is repeated');
    return undefined;
  }
  const child =
    parts.step === undefined ? readNode(parts.of, at(place, 'of')) : readStep(parts.step, at(place, 'step'));
  const between = parts.between === undefined ? undefined : readNode(parts.between, at(place, 'between'));
  const parallel = parts.parallel ?? false;
  if (parallel && between) {
    reading.problems.add([...path, 'between'], 'nothing is between rounds that run side by side', { part: 'key' });
  }
  const range = rangeAt(parts.times, [...path, 'times'], reading);
  if (!child || !range || (parts.between !== undefined && !between)) return undefined;
  return { kind: 'repeat', child, ...(between ? { between } : {}), ...range, parallel };
}

function readCondition(data: PlainMap, place: Place): FlowNode | undefined {
  const { path, reading } = place;
  const parts = read(conditionSchema, data, path, reading);
  if (!parts) return undefined;
  const names = { roots: ['steps', 'values', 'params'], values: reading.valueNames, truth: true };
  checkExpression(parts.if, [...path, 'if'], names, reading);
  const child = readNode(parts.then, at(place, 'then'));
  const otherwise = parts.else === undefined ? undefined : readNode(parts.else, at(place, 'else'));
  return child && { kind: 'if', condition: parts.if, child, ...(otherwise ? { otherwise } : {}) };
}

function readPartNamed(data: unknown, place: Place): FlowNode | undefined {
  const { path, reading } = place;
  if (typeof data !== 'string') {
    reading.problems.add(path, `expected the name of a part, got ${show(data)}`);
    return undefined;
  }
  if (!knowsName('part', data, { known: Object.keys(reading.parts), path, reading })) return undefined;
  if (place.open.includes(data)) {
    reading.problems.add(path, `part "${data}" is within itself: ${[...place.open, data].join(' → ')}`);
    return undefined;
  }
  const child = readPart(data, place);
  return child && { kind: 'flow', name: data, child };
}

function readPart(name: string, { reading, open }: Place): FlowNode | undefined {
  return readNode(reading.parts[name], { path: ['flows', name], reading, open: [...open, name] });
}
