import { z } from 'zod';
import { likelyWord } from './likely-word.js';
import type { ProblemList } from './problem-list.js';
import type { DataPath } from './yaml-document.js';

/** An object of exactly these keys; a key it does not know is reported with the likely one. */
export function exactly<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

/** `data` as the schema gives it; undefined after its problems were taken down at `path`. */
export function checkShape<T>(
  schema: z.ZodType<T>,
  data: unknown,
  { path, problems }: { readonly path: DataPath; readonly problems: ProblemList },
): T | undefined {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, data, { path, problems });
  return undefined;
}

function report(
  issue: z.core.$ZodIssue,
  data: unknown,
  { path, problems }: { readonly path: DataPath; readonly problems: ProblemList },
): void {
  const place = [...path, ...issue.path];
  const value = valueAt(data, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    for (const key of issue.keys) problems.add([...place, key], unknownName('key', key, known), { part: 'key' });
    return;
  }
  if (value === undefined && issue.path.length > 0) {
    const last = issue.path.at(-1);
    const part = typeof last === 'number' ? `item ${last + 1}` : `"${String(last)}"`;
    problems.add(place, `${part} is missing: expected ${expectation(issue)}`);
    return;
  }
  problems.add(place, `expected ${expectation(issue)}, got ${show(value)}${likelyOption(issue, value)}`);
}

/** “unknown step "x", did you mean "y"?”, or the known ones where none is close and they are few. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const likely = likelyWord(name, known);
  if (likely !== undefined) return `unknown ${kind} "${name}", did you mean "${likely}"?`;
  return known.length === 0
    ? `unknown ${kind} "${name}"`
    : `unknown ${kind} "${name}": expected one of ${known.join(', ')}`;
}

/** A value in a message: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  tuple: 'a list',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string') return 'text';
      return issue.origin === 'number' ? `at least ${issue.minimum}` : `at least ${issue.minimum} of them`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return issue.message;
  }
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = issue.errors.flatMap((issues) => issues.slice(0, 1).map(expectation));
  return options.length === 0 ? 'another value' : [...new Set(options)].join(' or ');
}

function likelyOption(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return '';
  if (issue.values.some((option) => typeof option !== 'string' && String(option) === value))
    return ': write it without quotes';
  const likely = likelyWord(value, issue.values.map(String));
  return likely === undefined ? '' : `; did you mean "${likely}"?`;
}

function valueAt(data: unknown, path: DataPath): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}
