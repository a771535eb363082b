import { STEP } from '@tracecourt/instrumentation/wire-names';
import { matchesGlob } from '../src/lib/glob.js';
import type { AttributeValue, ClientSystem, Span, StepMatcher } from '../src/model/index.js';

/** True when every criterion of the matcher holds. The span's attributes MUST answer to their current names. */
export function matchesStep(matcher: StepMatcher, span: Span): boolean {
  return criteriaOf(matcher).every((holds) => holds(span));
}

type Criterion = (span: Span) => boolean;

function criteriaOf(matcher: StepMatcher): readonly Criterion[] {
  const { service, step } = matcher;
  const criteria = spanCriteria(matcher);
  if (criteria.length === 0) criteria.push((span) => span.attributes.get(STEP) === step);
  if (service !== undefined) criteria.push((span) => span.resource.get('service.name') === service);
  return criteria;
}

/** All criteria but the service: without any of them a matcher falls back to the step attribute. */
function spanCriteria({ span: name, kind, client, operation, key, topic, attributes }: StepMatcher): Criterion[] {
  const criteria: Criterion[] = [];
  if (name !== undefined) criteria.push((span) => matchesGlob(name, span.name));
  if (kind !== undefined) criteria.push((span) => span.kind === kind);
  if (client !== undefined) criteria.push((span) => isOfClient(client, span));
  if (operation !== undefined) criteria.push((span) => hasOperation(operation, span));
  if (key !== undefined) criteria.push((span) => hasKey(key, span));
  if (topic !== undefined) criteria.push((span) => span.attributes.get('messaging.destination.name') === topic);
  for (const [name, expected] of Object.entries(attributes ?? {})) {
    criteria.push((span) => isSame(span.attributes.get(name), expected));
  }
  return criteria;
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
    default:
      return client satisfies never;
  }
}

function hasOperation(operation: string, { attributes }: Span): boolean {
  const done = attributes.get('db.operation.name') ?? attributes.get('messaging.operation.name');
  return typeof done === 'string' && done.toLowerCase() === operation.toLowerCase();
}

function hasKey(glob: string, { attributes }: Span): boolean {
  const key = firstArgument(attributes.get('db.query.text'));
  return key !== undefined && matchesGlob(glob, key);
}

/** Of `SET ctx:4711 ?` the key; a key with spaces ends at its first one, for the text does not say where it does. */
function firstArgument(query: AttributeValue | undefined): string | undefined {
  if (typeof query !== 'string') return undefined;
  const argument = query.trim().split(/\s+/, 2)[1];
  return argument?.replace(/^(["'])(.*)\1$/, '$2');
}

function isSame(value: AttributeValue | undefined, expected: string | number | boolean): boolean {
  return typeof value === 'bigint' && typeof expected === 'number' ? value === BigInt(expected) : value === expected;
}
