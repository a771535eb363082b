import { show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import { type Effect, type EffectQuery, STORE_NAMES, type StoreName } from '../model/index.js';
import { checkExpression } from './check-expression.js';
import { durationAt, entriesOf, type FlowReading, isMap, knowsName, knowsStep, read } from './flow-reading.js';
import { effectSchemas } from './flow-schema.js';
import { referencesIn } from './value-references.js';

const DEFAULT_WITHIN_MS = 2_000;

/** Names of a record in an expression, per store. */
export const RECORD_NAMES: Readonly<Record<StoreName, readonly string[]>> = {
  neo4j: ['row'],
  redis: ['key', 'type', 'value', 'json', 'ttlMs'],
  kafka: ['topic', 'key', 'value', 'json', 'headers', 'partition', 'offset'],
};

export function readEffects(data: unknown, reading: FlowReading): readonly Effect[] {
  return entriesOf(data, ['effects'], reading).flatMap(([step, effect]) => {
    const path = ['effects', step];
    knowsStep(step, path, reading, 'key');
    return readEffect(step, effect, { path, reading }) ?? [];
  });
}

interface Place {
  readonly path: DataPath;
  readonly reading: FlowReading;
}

function readEffect(step: string, data: unknown, { path, reading }: Place): Effect | undefined {
  const [key, ...more] = isMap(data) ? Object.keys(data) : [];
  if (!isMap(data) || key === undefined || more.length > 0) {
    const got = more.length > 0 ? `${[key, ...more].join(' and ')}` : show(data);
    reading.problems.add(path, `expected one store (${STORE_NAMES.join(', ')}), got ${got}`);
    return undefined;
  }
  const store = STORE_NAMES.find((one) => one === key);
  if (!store) {
    reading.problems.add([...path, key], unknownName('store', key, STORE_NAMES), { part: 'key' });
    return undefined;
  }
  const place = { path: [...path, store], reading };
  const parts = readParts(store, data[store], place);
  if (!parts) return undefined;
  const { expect, parent, within, count = 1 } = parts.common;
  checkCommon(step, parts, { store, place });
  const withinMs = within === undefined ? DEFAULT_WITHIN_MS : durationAt(within, [...place.path, 'within'], reading);
  return { step, query: parts.query, count, expect, parent, withinMs };
}

interface EffectParts {
  readonly query: EffectQuery;
  readonly common: {
    readonly count?: number | undefined;
    readonly expect?: string | undefined;
    readonly parent?: string | undefined;
    readonly within?: string | undefined;
  };
}

function readParts(store: StoreName, data: unknown, { path, reading }: Place): EffectParts | undefined {
  switch (store) {
    case 'neo4j': {
      const parts = read(effectSchemas.neo4j, data, path, reading);
      return parts && { query: { store, cypher: parts.cypher }, common: parts };
    }
    case 'redis': {
      const parts = read(effectSchemas.redis, data, path, reading);
      return parts && { query: { store, key: parts.key }, common: parts };
    }
    case 'kafka': {
      const parts = read(effectSchemas.kafka, data, path, reading);
      const consumedBy = parts?.['consumed-by'] ?? [];
      return parts && { query: { store, topic: parts.topic, key: parts.key, consumedBy }, common: parts };
    }
    default:
      return store satisfies never;
  }
}

function checkCommon(
  step: string,
  { query, common }: EffectParts,
  { store, place: { path, reading } }: { readonly store: StoreName; readonly place: Place },
): void {
  if (common.expect !== undefined) {
    const names = {
      roots: ['steps', 'values', 'params', ...RECORD_NAMES[store]],
      values: reading.valueNames,
      truth: true,
    };
    checkExpression(common.expect, [...path, 'expect'], names, reading);
  }
  if (common.parent !== undefined) {
    const known = reading.effectNames.filter((name) => name !== step);
    knowsName('effect', common.parent, { known, path: [...path, 'parent'], reading });
  }
  checkReferences(query, path, reading);
}

/** Takes down the values that a query mentions and the flow does not have. */
export function checkReferences(query: EffectQuery, path: DataPath, reading: FlowReading): void {
  for (const [field, references] of Object.entries(referencesIn(query))) {
    for (const { name, offset } of references) {
      if (reading.valueNames.includes(name)) continue;
      reading.problems.add([...path, field], unknownName('value', name, reading.valueNames), { offset });
    }
  }
}
