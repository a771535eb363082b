/**
 * The protocol's types as values: a message is described once, as data, and read and written for any of its versions.
 *
 * What a version leaves out is written with `since` and `until`: the field is then absent on the wire, and reading gives the
 * stated value.
 */

import type { ByteWriter } from '../../byte-writer.js';
import { type ByteReader, MalformedBytes } from './byte-reader.js';

export interface Field<T> {
  read(from: ByteReader, version: number): T;
  write(to: ByteWriter, value: T, version: number): void;
}

/** The type of the values that a field reads and writes. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

export const int8: Field<number> = { read: (from) => from.int8(), write: (to, value) => to.int8(value) };
export const int16: Field<number> = { read: (from) => from.int16(), write: (to, value) => to.int16(value) };
export const int32: Field<number> = { read: (from) => from.int32(), write: (to, value) => to.int32(value) };
export const int64: Field<bigint> = { read: (from) => from.int64(), write: (to, value) => to.int64(value) };
export const bool: Field<boolean> = {
  read: (from) => from.int8() !== 0,
  write: (to, value) => to.int8(value ? 1 : 0),
};

/** UTF-8 text of at most 32,767 bytes, or null. */
export const nullableString: Field<string | null> = {
  read(from) {
    const length = from.int16();
    return length === -1 ? null : from.slice(length).toString('utf8');
  },
  write(to, value) {
    if (value === null) return to.int16(-1);
    const bytes = Buffer.from(value, 'utf8');
    to.int16(bytes.length);
    to.bytes(bytes);
  },
};

/** Bytes, or null. Read as a view of the frame. */
export const nullableBytes: Field<Buffer | null> = {
  read(from) {
    const length = from.int32();
    return length === -1 ? null : from.slice(length);
  },
  write(to, value) {
    if (value === null) return to.int32(-1);
    to.int32(value.length);
    to.bytes(value);
  },
};

export const string: Field<string> = notNull(nullableString, 'a text');
export const bytes: Field<Buffer> = notNull(nullableBytes, 'bytes');

/** A list, or null. A count that the rest of the frame cannot hold is refused before anything is allocated. */
export function nullableArray<T>(item: Field<T>): Field<readonly T[] | null> {
  return {
    read(from, version) {
      const count = from.int32();
      if (count === -1) return null;
      if (count < 0 || count > from.remaining) throw new MalformedBytes(`a list of ${count} items`);
      const items: T[] = [];
      for (let i = 0; i < count; i++) items.push(item.read(from, version));
      return items;
    },
    write(to, value, version) {
      if (value === null) return to.int32(-1);
      to.int32(value.length);
      for (const one of value) item.write(to, one, version);
    },
  };
}

export function array<T>(item: Field<T>): Field<readonly T[]> {
  return notNull(nullableArray(item), 'a list');
}

/** Fields one after the other, in the order of the object's keys. */
export function struct<S extends Readonly<Record<string, Field<unknown>>>>(
  fields: S,
): Field<{ readonly [K in keyof S]: ValueOf<S[K]> }> {
  const entries = Object.entries(fields) as readonly (readonly [string, Field<unknown>])[];
  return {
    read(from, version) {
      const value: Record<string, unknown> = {};
      for (const [name, field] of entries) value[name] = field.read(from, version);
      return value as { readonly [K in keyof S]: ValueOf<S[K]> };
    },
    write(to, value, version) {
      for (const [name, field] of entries) field.write(to, value[name], version);
    },
  };
}

/** On the wire from `first` on; before that, reading gives `absent`. */
export function since<T, A extends T>(first: number, field: Field<T>, absent: A): Field<T> {
  return onlyWhen((version) => version >= first, field, absent);
}

/** On the wire up to and including `last`; after that, reading gives `absent`. */
export function until<T, A extends T>(last: number, field: Field<T>, absent: A): Field<T> {
  return onlyWhen((version) => version <= last, field, absent);
}

function onlyWhen<T>(present: (version: number) => boolean, field: Field<T>, absent: T): Field<T> {
  return {
    read: (from, version) => (present(version) ? field.read(from, version) : absent),
    write(to, value, version) {
      if (present(version)) field.write(to, value, version);
    },
  };
}

function notNull<T>(field: Field<T | null>, what: string): Field<T> {
  return {
    read(from, version) {
      const value = field.read(from, version);
      if (value === null) throw new MalformedBytes(`null where ${what} must stand`);
      return value;
    },
    write: (to, value, version) => field.write(to, value, version),
  };
}
