import { STEP } from '@tracecourt/instrumentation/wire-names';
import { isDeeperThan, parseWholeNumbers } from '../src/lib/exact-json.js';
import { parseJsonPath, valueAtPath } from '../src/lib/json-path.js';
import { oncePer } from '../src/lib/once-per.js';
import { compilePattern } from '../src/lib/text-pattern.js';
import type { AttributeValue, ClientSystem, Span, StepMatcher, ValueTest } from '../src/model/index.js';
import { compileTest } from './value-test.js';

/** True of a span. */
export type Criterion = (span: Span) => boolean;

/** True when every criterion of the matcher holds. The span's attributes MUST answer to their current names. */
export const criterionOf = oncePer((matcher: StepMatcher): Criterion => {
  const { service, step } = matcher;
  const criteria = spanCriteria(matcher);
  if (criteria.length === 0) criteria.push((span) => span.attributes.get(STEP) === step);
  if (service !== undefined) criteria.unshift(serviceCriterion(matcher));
  return (span) => {
    for (const holds of criteria) if (!holds(span)) return false;
    return true;
  };
});

/** Of what a matcher asks, what it asks of the service. */
export function serviceCriterion({ service }: StepMatcher): Criterion {
  return service === undefined ? () => true : (span) => span.resource.get('service.name') === service;
}

/** True of a matcher that asks for the step's name in the span's own attribute. */
export function isDefault(matcher: StepMatcher): boolean {
  return spanCriteria(matcher).length === 0;
}

/** All criteria but the service: without any of them a matcher falls back to the step attribute. */
function spanCriteria(matcher: StepMatcher): Criterion[] {
  const { span: name, kind, client, status } = matcher;
  const criteria: Criterion[] = [];
  if (kind !== undefined) criteria.push((span) => span.kind === kind);
  if (status !== undefined) criteria.push((span) => span.status.code === status);
  if (name !== undefined) criteria.push(textCriterion(name, (span) => span.name));
  if (client !== undefined) criteria.push((span) => isOfClient(client, span));
  criteria.push(...clientCriteria(matcher));
  if (matcher.message !== undefined) criteria.push(textCriterion(matcher.message, messageOf));
  for (const [name, test] of Object.entries(matcher.attributes ?? {})) criteria.push(attributeCriterion(name, test));
  for (const [name, tests] of Object.entries(matcher.json ?? {})) criteria.push(jsonCriterion(name, tests));
  return criteria;
}

function clientCriteria({ operation, key, label, topic, group, method, route }: StepMatcher): readonly Criterion[] {
  const criteria: Criterion[] = [];
  if (operation !== undefined) criteria.push((span) => isWord(operation, operationOf(span)));
  if (key !== undefined) criteria.push(textCriterion(key, (span) => firstArgument(span)));
  if (label !== undefined) criteria.push(textCriterion(label, (span) => textAt(span, 'db.collection.name')));
  if (topic !== undefined) criteria.push((span) => span.attributes.get('messaging.destination.name') === topic);
  if (group !== undefined) criteria.push((span) => span.attributes.get('messaging.consumer.group.name') === group);
  if (method !== undefined) criteria.push((span) => isWord(method, textAt(span, 'http.request.method')));
  if (route !== undefined) {
    criteria.push(textCriterion(route, routeOf));
  }
  return criteria;
}

function textCriterion(pattern: string, textOf: (span: Span) => string | undefined): Criterion {
  const fits = compilePattern(pattern);
  return (span) => {
    const text = textOf(span);
    return text !== undefined && fits(text);
  };
}

function attributeCriterion(name: string, test: ValueTest): Criterion {
  const passes = compileTest(test);
  return (span) => passes(span.attributes.get(name));
}

function jsonCriterion(name: string, tests: Readonly<Record<string, ValueTest>>): Criterion {
  const parts = Object.entries(tests).map(([path, test]) => ({
    path: parseJsonPath(path) ?? [],
    passes: compileTest(test),
  }));
  return (span) => {
    const data = jsonIn(span.attributes.get(name));
    return parts.every(({ path, passes }) => passes(valueAtPath(data, path) as AttributeValue | undefined));
  };
}

const MAX_JSON_DEPTH = 100;

/** What a text says as JSON, and any other value as it is. */
function jsonIn(value: AttributeValue | undefined): unknown {
  if (typeof value !== 'string' || isDeeperThan(value, MAX_JSON_DEPTH)) return value;
  try {
    return parseWholeNumbers(value);
  } catch {
    return value;
  }
}

function isOfClient(client: ClientSystem, span: Span): boolean {
  switch (client) {
    case 'neo4j':
    case 'redis':
      return span.attributes.get('db.system.name') === client;
    case 'kafka':
      return span.attributes.get('messaging.system') === client;
    case 'http':
      return span.kind === 'client' && span.attributes.get('http.request.method') !== undefined;
    case 'grpc':
      return span.kind === 'client' && (textAt(span, 'rpc.system.name') ?? textAt(span, 'rpc.system')) === client;
    default:
      return client satisfies never;
  }
}

/** Older senders of messages told of what kind the operation is, and gave it no name. */
function operationOf(span: Span): string | undefined {
  return (
    textAt(span, 'db.operation.name') ??
    textAt(span, 'messaging.operation.name') ??
    textAt(span, 'messaging.operation.type')
  );
}

/** A client knows no route, but all of the address; older servers tell the path with what was asked of it. */
function routeOf(span: Span): string | undefined {
  return (
    textAt(span, 'http.route') ??
    textAt(span, 'url.path') ??
    textAt(span, 'http.target')?.replace(/[?#].*$/s, '') ??
    pathIn(textAt(span, 'url.full'))
  );
}

function pathIn(url: string | undefined): string | undefined {
  const path = url === undefined ? undefined : /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1];
  return path === '' ? '/' : path;
}

function isWord(expected: string, word: string | undefined): boolean {
  return word !== undefined && word.toLowerCase() === expected.toLowerCase();
}

/** Of `SET ctx:4711 ?` the key; a key with spaces ends at its first one, for the text does not say where it does. */
function firstArgument(span: Span): string | undefined {
  const argument = textAt(span, 'db.query.text')?.trim().split(/\s+/, 2)[1];
  return argument?.replace(/^(["'])(.*)\1$/, '$2');
}

/** The message of a failed span: of its status, or else of the exception that it recorded. */
export function messageOf({ status, events, attributes }: Span): string {
  if (status.message !== '') return status.message;
  for (const event of events) {
    const message = event.attributes.get('exception.message') ?? event.attributes.get('exception.type');
    if (typeof message === 'string') return message;
  }
  const type = attributes.get('error.type');
  return typeof type === 'string' ? type : '';
}

function textAt(span: Span, key: string): string | undefined {
  const value = span.attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}
