import { parseJsonPath } from '../lib/json-path.js';
import { patternProblem } from '../lib/text-pattern.js';
import type { DataPath } from '../lib/yaml-document.js';
import type { FlowStep, StepMatcher, ValueTest } from '../model/index.js';
import { nameInExpressions } from '../model/index.js';
import { rangeAt } from './count-range.js';
import { entriesOf, type FlowReading, read } from './flow-reading.js';
import { stepSchema } from './flow-schema.js';
import { readOrder } from './read-order.js';

const STEP_NAME = /^[A-Za-z][\w-]{0,99}$/;
const PATTERNS = ['span', 'key', 'label', 'route', 'message'] as const;

export function readSteps(data: unknown, reading: FlowReading): readonly FlowStep[] {
  if (data === undefined) reading.problems.add([], '"steps" is missing: expected the steps by name');
  const spelled = new Map<string, string>();
  return entriesOf(data, ['steps'], reading).flatMap(([name, value]) => {
    checkStepName(name, { spelled, reading });
    return readStep(name, value ?? {}, reading) ?? [];
  });
}

function readStep(name: string, data: unknown, reading: FlowReading): FlowStep | undefined {
  const path: DataPath = ['steps', name];
  const parts = read(stepSchema, data, path, reading);
  if (!parts) return undefined;
  const { 'may-fail': mayFail, attempts: times, hedged, inside, ...criteria } = parts;
  const given = Object.fromEntries(Object.entries(criteria).filter(([, criterion]) => criterion !== undefined));
  const attempts = times === undefined ? undefined : rangeAt(times, [...path, 'attempts'], reading);
  const tries = hedged ? 'hedged' : attempts ? 'retried' : undefined;
  const order = inside === undefined ? undefined : readOrder(inside, [...path, 'inside'], reading);
  const matcher: StepMatcher = { step: name, ...given, ...(tries ? { tries } : {}) };
  checkMatcher(matcher, path, reading);
  return {
    name,
    matcher,
    // A step that is known by its failure fails as it should.
    mayFail: mayFail ?? criteria.status === 'error',
    ...(order ? { inside: order } : {}),
    ...(attempts ? { attempts } : {}),
  };
}

function checkMatcher(matcher: StepMatcher, path: DataPath, reading: FlowReading): void {
  for (const part of PATTERNS) checkPattern(matcher[part], [...path, part], reading);
  for (const [name, test] of Object.entries(matcher.attributes ?? {})) {
    checkTest(test, [...path, 'attributes', name], reading);
  }
  for (const [name, tests] of Object.entries(matcher.json ?? {})) {
    for (const [jsonPath, test] of Object.entries(tests)) {
      const place = [...path, 'json', name, jsonPath];
      if (!parseJsonPath(jsonPath)) {
        reading.problems.add(place, 'expected a path like items[0].sku', { part: 'key' });
      }
      checkTest(test, place, reading);
    }
  }
}

function checkTest(test: ValueTest, path: DataPath, reading: FlowReading): void {
  if (typeof test !== 'object') return;
  checkPattern(test.like, [...path, 'like'], reading);
  if (Object.keys(test).length === 0) reading.problems.add(path, 'expected something that must be true of the value');
}

export function checkPattern(pattern: string | undefined, path: DataPath, reading: FlowReading): void {
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  if (problem !== undefined) reading.problems.add(path, problem);
}

function checkStepName(
  name: string,
  { spelled, reading }: { readonly spelled: Map<string, string>; readonly reading: FlowReading },
): void {
  const path = ['steps', name];
  if (!STEP_NAME.test(name) || name === 'total') {
    const rule =
      name === 'total'
        ? 'is what budgets call the whole request'
        : 'must begin with a letter and hold letters, digits, - and _';
    reading.problems.add(path, `a step's name ${name === 'total' ? '"total" ' : ''}${rule}`, { part: 'key' });
  }
  const twin = spelled.get(nameInExpressions(name));
  if (twin !== undefined) {
    reading.problems.add(path, `"${name}" and "${twin}" are one name in expressions`, { part: 'key' });
  }
  spelled.set(nameInExpressions(name), name);
}
