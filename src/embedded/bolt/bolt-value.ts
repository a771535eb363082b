/**
 * A value on the wire. Integers are bigint, floats are number: the wire keeps them apart, and so do we. Maps are
 * `Map`, so that no key is special.
 */
export type BoltValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly BoltValue[]
  | BoltMap
  | BoltStructure;

export type BoltMap = ReadonlyMap<string, BoltValue>;

/** A tagged tuple: a message, a node, a date. */
export class BoltStructure {
  readonly tag: number;
  readonly fields: readonly BoltValue[];

  constructor(tag: number, fields: readonly BoltValue[]) {
    this.tag = tag;
    this.fields = fields;
  }
}

/** Tags of the value structures of Bolt 5. */
export const VALUE_TAGS = {
  node: 0x4e,
  relationship: 0x52,
  unboundRelationship: 0x72,
  path: 0x50,
  date: 0x44,
  time: 0x54,
  localTime: 0x74,
  dateTime: 0x49,
  dateTimeZoneId: 0x69,
  localDateTime: 0x64,
  duration: 0x45,
  point2d: 0x58,
  point3d: 0x59,
} as const;

export function isBoltMap(value: BoltValue | undefined): value is BoltMap {
  return value instanceof Map;
}

export function isBoltList(value: BoltValue | undefined): value is readonly BoltValue[] {
  return Array.isArray(value);
}

/** A map of the wire from a plain object; undefined members are left out. */
export function boltMap(members: Readonly<Record<string, BoltValue | undefined>>): BoltMap {
  const map = new Map<string, BoltValue>();
  for (const [key, value] of Object.entries(members)) if (value !== undefined) map.set(key, value);
  return map;
}
