import { undecodable } from './undecodable.js';

/** A JSON object of unknown content. */
export type JsonObject = { readonly [key: string]: unknown };

/** The object there, or undefined when it is absent or null. Throws for anything else. */
export function objectAt(parent: JsonObject, key: string): JsonObject | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  return asObject(value, key);
}

export function asObject(value: unknown, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object');
  return value as JsonObject;
}

/** The objects of a list; empty when it is absent or null. */
export function objectsAt(parent: JsonObject, key: string): readonly JsonObject[] {
  return listAt(parent, key).map((item) => asObject(item, `${key}[]`));
}

export function listAt(parent: JsonObject, key: string): readonly unknown[] {
  const value = parent[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(key, 'a list');
  return value;
}

export function stringAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrong(key, 'a text');
  return value;
}

/** A 64-bit integer given as decimal text or number. */
export function integerOf(value: unknown, where: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw wrong(where, 'an integer of at most 64 bits, as a number or decimal text');
}

const MAX_UINT64 = (1n << 64n) - 1n;

export function timeAt(parent: JsonObject, key: string): bigint {
  const value = parent[key];
  if (value === undefined || value === null) return 0n;
  const time = integerOf(value, key);
  if (time < 0n || time > MAX_UINT64) throw wrong(key, 'nanoseconds since 1970 in 64 bits');
  return time;
}

/** A small number; enums and flags are such. Text that names an enum is accepted as unknown (0). */
export function smallNumberAt(parent: JsonObject, key: string): number {
  const value = parent[key];
  if (value === undefined || value === null || typeof value === 'string') return 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong(key, 'an integer');
  return value;
}

/** Hex digits in lower case; anything else comes back as it is, and is no id. */
export function idAt(parent: JsonObject, key: string): string {
  return stringAt(parent, key).toLowerCase();
}

export function wrong(where: string, expected: string): Error {
  return undecodable(`"${where}" must be ${expected}`);
}
