import type { Attributes, AttributeValue } from '../../src/model/index.js';
import { emptyMap } from './any-value.js';
import { asObject, integerOf, type JsonObject, listAt, objectAt, objectsAt, stringAt, wrong } from './json-fields.js';
import { ListedAttributes } from './listed-attributes.js';

/** The attributes of `parent`. Every value has to be converted to know that it can be. Throws when an entry is malformed. */
export function attributesAt(parent: JsonObject): Attributes {
  const entries: AttributeValue[] = [];
  for (const entry of objectsAt(parent, 'attributes')) entries.push(stringAt(entry, 'key'), entryValue(entry));
  return new ListedAttributes(entries);
}

function entryValue(entry: JsonObject): AttributeValue {
  const value = objectAt(entry, 'value');
  return value ? anyValue(value) : null;
}

function anyValue(value: JsonObject): AttributeValue {
  if (isGiven(value['stringValue'])) return stringAt(value, 'stringValue');
  if (isGiven(value['boolValue'])) return booleanOf(value['boolValue']);
  if (isGiven(value['intValue'])) return int64Of(value['intValue']);
  if (isGiven(value['doubleValue'])) return doubleOf(value['doubleValue']);
  if (isGiven(value['bytesValue'])) return bytesOf(stringAt(value, 'bytesValue'));
  const list = objectAt(value, 'arrayValue');
  if (list) return listAt(list, 'values').map((item) => anyValue(asObject(item, 'values[]')));
  const map = objectAt(value, 'kvlistValue');
  return map ? mapOf(map) : null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function booleanOf(value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrong('boolValue', 'true or false');
  return value;
}

function int64Of(value: unknown): number | bigint {
  const integer = integerOf(value, 'intValue');
  if (BigInt.asIntN(64, integer) !== integer) throw wrong('intValue', 'an integer of at most 64 bits');
  const rounded = Number(integer);
  return Number.isSafeInteger(rounded) ? rounded : integer;
}

const NAMED_DOUBLES: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function doubleOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const named = Object.hasOwn(NAMED_DOUBLES, value) ? NAMED_DOUBLES[value] : undefined;
    if (named !== undefined) return named;
    if (/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value)) return Number(value);
  }
  throw wrong('doubleValue', 'a number');
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function bytesOf(text: string): Uint8Array {
  if (!BASE64.test(text)) throw wrong('bytesValue', 'base64');
  return Buffer.from(text, 'base64');
}

function mapOf(list: JsonObject): AttributeValue {
  const map = emptyMap();
  for (const entry of objectsAt(list, 'values')) {
    const key = stringAt(entry, 'key');
    if (!(key in map)) map[key] = entryValue(entry);
  }
  return map;
}
