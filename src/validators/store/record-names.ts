import { parseWholeNumbers } from '../../lib/exact-json.js';
import type { StoredRecord } from '../../model/index.js';

/** The names by which an expression speaks of a record. */
export function recordNames(record: StoredRecord): Readonly<Record<string, unknown>> {
  switch (record.store) {
    case 'neo4j':
      return { row: record.row };
    case 'redis':
      return { key: record.key, type: record.type, value: record.value, ttlMs: record.ttlMs, ...jsonOf(record.value) };
    case 'kafka': {
      const { topic, key, value, headers, partition, offset } = record;
      return { topic, key, value, headers, partition, offset, ...jsonOf(value) };
    }
    default:
      return record satisfies never;
  }
}

/** `json`, when the value is JSON. */
function jsonOf(value: unknown): { readonly json?: unknown } {
  if (typeof value !== 'string') return {};
  try {
    return { json: parseWholeNumbers(value) };
  } catch {
    return {};
  }
}
