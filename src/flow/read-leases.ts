import type { z } from 'zod';
import type { DataPath } from '../lib/yaml-document.js';
import { type EffectQuery, type LeaseRule, STORE_NAMES } from '../model/index.js';
import { checkExpression } from './check-expression.js';
import { durationAt, entriesOf, type FlowReading, knowsStep, read } from './flow-reading.js';
import { leaseSchema } from './flow-schema.js';
import { checkReferences, RECORD_NAMES } from './read-effects.js';

const DEFAULT_SKEW_MS = 1_000;

/** `leases`: resources by name, each with the step that grants it and what to read of its grants. */
export function readLeases(data: unknown, reading: FlowReading): readonly LeaseRule[] {
  return entriesOf(data, ['leases'], reading).flatMap(([name, lease]) => readLease(name, lease, reading) ?? []);
}

function readLease(name: string, data: unknown, reading: FlowReading): LeaseRule | undefined {
  const path = ['leases', name];
  const parts = read(leaseSchema, data, path, reading);
  const query = parts && readQuery(parts, path, reading);
  if (!parts || !query) return undefined;
  const { 'granted-by': grantedBy, ours, from, until, capacity = 1, skew } = parts;
  knowsStep(grantedBy, [...path, 'granted-by'], reading);
  checkReferences(query, [...path, query.store], reading);
  const names = { roots: ['steps', 'values', 'params', ...RECORD_NAMES[query.store]], values: reading.valueNames };
  for (const [key, text] of Object.entries({ ours, from, until })) {
    checkExpression(text, [...path, key], { ...names, truth: key === 'ours' }, reading);
  }
  const skewMs = skew === undefined ? DEFAULT_SKEW_MS : durationAt(skew, [...path, 'skew'], reading);
  return { name, grantedBy, query, ours, from, until, capacity, skewMs };
}

function readQuery(
  { neo4j, redis, kafka }: z.infer<typeof leaseSchema>,
  path: DataPath,
  { problems }: FlowReading,
): EffectQuery | undefined {
  const queries: readonly EffectQuery[] = [
    ...(neo4j ? [{ store: 'neo4j' as const, ...neo4j }] : []),
    ...(redis ? [{ store: 'redis' as const, ...redis }] : []),
    ...(kafka ? [{ store: 'kafka' as const, ...kafka, consumedBy: [] }] : []),
  ];
  if (queries.length === 1) return queries[0];
  const got = queries.length === 0 ? 'none' : queries.map(({ store }) => store).join(' and ');
  problems.add(path, `expected one store (${STORE_NAMES.join(', ')}), got ${got}`);
  return undefined;
}
