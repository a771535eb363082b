import type { ProblemList } from '../lib/problem-list.js';
import { checkShape, show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import type { ParameterValue } from '../model/index.js';
import { isMap, type PlainMap } from './flow-reading.js';
import { parameterSchema } from './flow-schema.js';

/** What a flow file is compiled with. */
export interface FlowSurroundings {
  /** Values for the flow's parameters, by name; text becomes what the parameter's default is. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Default: an empty one, so that a flow depends on what it is given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The parameters that a file declares at what they stand at: as given, or by default. */
export function readParameters(
  data: unknown,
  { given = {}, problems }: { readonly given?: FlowSurroundings['parameters']; readonly problems: ProblemList },
): Readonly<Record<string, ParameterValue>> {
  const declared = isMap(data) ? data : {};
  if (data !== undefined && !isMap(data)) problems.add(['parameters'], `expected a map, got ${show(data)}`);
  for (const name of Object.keys(given)) {
    if (!(name in declared))
      problems.add([], `${unknownName('parameter', name, Object.keys(declared))}, given from outside`);
  }
  const entries = Object.entries(declared).flatMap(([name, value]) => {
    const parameter = readParameter(name, value, { given: given[name], problems });
    return parameter === undefined ? [] : [[name, parameter] as const];
  });
  return Object.fromEntries(entries);
}

function readParameter(
  name: string,
  data: unknown,
  { given, problems }: { readonly given: ParameterValue | undefined; readonly problems: ProblemList },
): ParameterValue | undefined {
  const path: DataPath = ['parameters', name];
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    problems.add(path, "a parameter's name must hold letters, digits and _ only", { part: 'key' });
  }
  const parts = isMap(data)
    ? checkShape(parameterSchema, data, { path, problems })
    : { default: data as ParameterValue };
  if (!parts) return undefined;
  const value = given === undefined ? parts.default : likeDefault(given, parts.default);
  const allowed = parts['one-of'];
  if (!isPlain(value)) {
    problems.add(
      path,
      value === undefined
        ? `parameter "${name}" has no default and was not given`
        : `expected a plain value, got ${show(value)}`,
    );
    return undefined;
  }
  if (allowed && !allowed.includes(value)) {
    problems.add(path, `parameter "${name}" must be one of ${allowed.join(', ')}, and is ${show(value)}`);
  }
  return value;
}

/** A value from a command line is text: it is taken for what the default is. */
function likeDefault(given: ParameterValue, standard: ParameterValue | undefined): ParameterValue {
  if (typeof given !== 'string') return given;
  if (typeof standard === 'number' && given.trim() !== '' && Number.isFinite(Number(given))) return Number(given);
  if (typeof standard === 'boolean' && (given === 'true' || given === 'false')) return given === 'true';
  return given;
}

function isPlain(value: unknown): value is ParameterValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export interface Substitution {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly environment: NonNullable<FlowSurroundings['environment']>;
  readonly problems: ProblemList;
}

const REFERENCE = /\$\{(?:env:([A-Za-z_]\w*)(?::-([^}]*))?|([A-Za-z_]\w*))\}/g;

/**
 * The data with `${name}` and `${env:NAME:-default}` in its texts filled in. A text that is one reference becomes the value itself, number or not;
 * `parameters` themselves are left alone.
 */
export function fillParameters(data: PlainMap, substitution: Substitution): PlainMap {
  const filled = Object.entries(data).map(([key, value]) => [
    key,
    key === 'parameters' ? value : fill(value, [key], substitution),
  ]);
  return Object.fromEntries(filled) as PlainMap;
}

function fill(value: unknown, path: DataPath, substitution: Substitution): unknown {
  if (typeof value === 'string') return value.includes('${') ? fillText(value, path, substitution) : value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => fill(item, [...path, index], substitution));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key], substitution)]),
  );
}

function fillText(text: string, path: DataPath, substitution: Substitution): ParameterValue {
  const resolve = (match: RegExpExecArray | RegExpMatchArray): ParameterValue => {
    const [, variable, standard, name = ''] = match;
    const { parameters, environment, problems } = substitution;
    const spot = { offset: match.index ?? 0 };
    if (variable !== undefined) {
      const value = environment[variable] ?? standard;
      if (value === undefined)
        problems.addUnfilled(path, `the environment has no ${variable}, and there is no default`, spot);
      return value ?? '';
    }
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) problems.addUnfilled(path, unknownName('parameter', name, Object.keys(parameters)), spot);
    return value ?? '';
  };
  const matches = [...text.matchAll(REFERENCE)];
  const [only] = matches;
  if (only && only[0] === text) return resolve(only);
  let filled = '';
  let from = 0;
  for (const match of matches) {
    filled += text.slice(from, match.index) + String(resolve(match));
    from = match.index + match[0].length;
  }
  return filled + text.slice(from);
}
