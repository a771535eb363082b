import type { AttributeValue } from '../../model/index.js';

interface Fields {
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly asText: boolean;
}

/** The fields of a map, or of text that is a JSON object. */
export function fieldsOf(value: AttributeValue): Fields | undefined {
  if (typeof value !== 'string') return isMap(value) ? { values: value, asText: false } : undefined;
  try {
    const parsed = JSON.parse(value) as AttributeValue;
    return isMap(parsed) ? { values: parsed, asText: true } : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: AttributeValue): value is { readonly [key: string]: AttributeValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** A value of the same type that is not this one. */
export function another(value: AttributeValue): AttributeValue {
  switch (typeof value) {
    case 'string':
      return `${value}-changed`;
    case 'number':
      return value + 1;
    case 'bigint':
      return value + 1n;
    case 'boolean':
      return !value;
    default:
      return value === null ? 'changed' : Array.isArray(value) ? [...value, 'changed'] : { changed: true };
  }
}
