import { exactly, show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import {
  BINARY_RULES,
  CHOICE_RULES,
  COUNT_RULES,
  type Rule,
  type RuleCondition,
  type RuleKind,
  UNARY_RULES,
} from '../model/index.js';
import { checkExpression, type ExpressionNames } from './check-expression.js';
import { type FlowReading, isMap, knowsStep, type PlainMap, read } from './flow-reading.js';
import { ruleOptions } from './flow-schema.js';
import { windowAt } from './time-window.js';

const KINDS: readonly RuleKind[] = [...UNARY_RULES, ...COUNT_RULES, ...CHOICE_RULES, ...BINARY_RULES];
const OTHER_SPELLING = 'not-coexistence';
const OPTIONS = Object.keys(ruleOptions);
const optionsSchema = exactly(ruleOptions);

/** `- response: [a, b]`, with `when`, `where` and `within` beside it. */
export function readRules(data: unknown, reading: FlowReading): readonly Rule[] {
  if (data === undefined) return [];
  if (!Array.isArray(data)) {
    reading.problems.add(['rules'], `expected a list of rules, got ${show(data)}`);
    return [];
  }
  return data.flatMap((rule: unknown, index) => readRule(rule, ['rules', index], reading) ?? []);
}

function readRule(given: unknown, path: DataPath, reading: FlowReading): Rule | undefined {
  if (!isMap(given)) {
    reading.problems.add(path, `expected a rule like { response: [a, b] }, got ${show(given)}`);
    return undefined;
  }
  const data = inOneSpelling(given);
  const [kind, another] = KINDS.filter((one) => one in data);
  const strange = Object.keys(data).find((key) => !OPTIONS.includes(key) && !KINDS.some((one) => one === key));
  if (strange !== undefined) {
    reading.problems.add([...path, strange], unknownName('rule', strange, [...KINDS, ...OPTIONS]), { part: 'key' });
    return undefined;
  }
  if (kind === undefined || another !== undefined) {
    reading.problems.add(
      path,
      `expected one rule here, got ${another === undefined ? 'none' : `${kind} and ${another}`}`,
    );
    return undefined;
  }
  const about = readSteps(kind, data[kind], { path: [...path, kind], reading });
  const options = readOptions(kind, data, { path, reading });
  return about && options && { kind, ...about, ...options };
}

/** DECLARE's rule is spelled both ways. */
function inOneSpelling(data: PlainMap): PlainMap {
  if (!(OTHER_SPELLING in data)) return data;
  const { [OTHER_SPELLING]: steps, ...rest } = data;
  return { 'not-co-existence': steps, ...rest };
}

interface Place {
  readonly path: DataPath;
  readonly reading: FlowReading;
}

function readSteps(kind: RuleKind, data: unknown, place: Place): Pick<Rule, 'steps' | 'count'> | undefined {
  if (isOneOf(UNARY_RULES, kind)) {
    return typeof data === 'string' ? known([data], place) : refuse("a step's name", data, place);
  }
  if (!Array.isArray(data)) return refuse('a list', data, place);
  if (isOneOf(COUNT_RULES, kind)) {
    const [step, count] = data as readonly unknown[];
    const fits = data.length === 2 && typeof step === 'string' && Number.isInteger(count) && Number(count) >= 0;
    if (!fits) return refuse('a step and a whole number, like [a, 1]', data, place);
    const about = known([step], place);
    return about && { ...about, count: Number(count) };
  }
  const many = isOneOf(CHOICE_RULES, kind);
  const fits = many ? data.length >= 2 : data.length === 2;
  const steps = data.filter((step) => typeof step === 'string');
  if (!fits || steps.length < data.length) return refuse(many ? 'two or more steps' : 'two steps', data, place);
  if (new Set(steps).size < steps.length) return refuse('steps that differ', data, place);
  return known(steps, place);
}

function isOneOf(kinds: readonly RuleKind[], kind: RuleKind): boolean {
  return kinds.includes(kind);
}

function known(steps: readonly string[], { path, reading }: Place): Pick<Rule, 'steps'> | undefined {
  const unknown = steps.filter((step, index) => !knowsStep(step, steps.length > 1 ? [...path, index] : path, reading));
  return unknown.length === 0 ? { steps } : undefined;
}

function refuse(expected: string, data: unknown, { path, reading }: Place): undefined {
  reading.problems.add(path, `expected ${expected}, got ${show(data)}`);
  return undefined;
}

function readOptions(
  kind: RuleKind,
  data: Readonly<Record<string, unknown>>,
  { path, reading }: Place,
): Pick<Rule, 'when' | 'where' | 'window'> | undefined {
  const given = Object.fromEntries(OPTIONS.filter((key) => key in data).map((key) => [key, data[key]]));
  const options = read(optionsSchema, given, path, reading);
  if (!options) return undefined;
  if (!isOneOf(BINARY_RULES, kind)) {
    for (const key of Object.keys(given)) {
      reading.problems.add([...path, key], `"${key}" is for rules about two steps`, { part: 'key' });
    }
  }
  const names = namesFor(reading);
  if (options.where !== undefined) checkExpression(options.where, [...path, 'where'], names, reading);
  const when = options.when === undefined ? undefined : readCondition(options.when, [...path, 'when'], reading);
  const window = options.within === undefined ? undefined : windowAt(options.within, [...path, 'within'], reading);
  return {
    ...(when ? { when } : {}),
    ...(options.where === undefined ? {} : { where: options.where }),
    ...(window ? { window } : {}),
  };
}

function readCondition(condition: string, path: DataPath, reading: FlowReading): RuleCondition | undefined {
  const roots = checkExpression(condition, path, namesFor(reading), reading);
  if (roots.has('a') === roots.has('b')) {
    reading.problems.add(path, 'expected a condition on "a" or on "b"; one on both is "where"');
    return undefined;
  }
  return { about: roots.has('a') ? 'a' : 'b', condition };
}

function namesFor(reading: FlowReading): ExpressionNames {
  return { roots: ['a', 'b', 'steps', 'values', 'params'], values: reading.valueNames, truth: true };
}
