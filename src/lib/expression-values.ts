import type { Reads } from './expression-reads.js';

/** Thrown inside an evaluation that would take too much; becomes its error. */
export class ExpressionLimit extends Error {
  constructor(what: string) {
    super(`too much work: ${what}`);
    this.name = 'ExpressionLimit';
  }
}

const MAX_LIST = 50_000;
const MAX_VALUES = 2_000_000;
const MAX_DEPTH = 64;
const MEASURED = 'durationMs';

const LOOKED_UP = Symbol.for('tracecourt.looked-up');

/** A map whose members are looked up, so that those that nobody asks for need not be made. Of a name that occurs twice the first wins. */
export class LookedUp {
  readonly [LOOKED_UP] = true;
  readonly get: (name: string) => unknown;
  readonly entries: () => Iterable<readonly [string, unknown]>;

  constructor({ get, entries }: Pick<LookedUp, 'get' | 'entries'>) {
    this.get = get;
    this.entries = entries;
  }
}

/** Also of one that another copy of this module made. */
function isLookedUp(map: object): map is LookedUp {
  return LOOKED_UP in map;
}

/**
 * Data as CEL counts it: every whole number is an int, whether it came as 2, 2n or 2.0, so that numbers from different encodings
 * compare; but what is measured is a double even where it comes out whole, so that `durationMs / 2` is the half of it, always. `longest` is the length of the longest list or map. Throws ExpressionLimit.
 *
 * Of what is not read there is nothing but, in a list, its length.
 */
export function inCelTerms(data: unknown, reads: Reads): { readonly value: unknown; readonly longest: number } {
  const conversion = new Conversion();
  return { value: conversion.convert(data, reads, 0), longest: conversion.longest };
}

class Conversion {
  longest = 1;
  #values = 0;

  convert(value: unknown, reads: Reads, depth: number): unknown {
    if (++this.#values > MAX_VALUES || depth > MAX_DEPTH)
      throw new ExpressionLimit('the data is too large or too deep');
    if (!isContainer(value)) return scalarInCelTerms(value);
    if (Array.isArray(value)) return this.#convertList(value, reads, depth);
    return reads.isWhole || reads.items
      ? this.#convertMap(value, depth)
      : this.#convertMembers(value, reads.members, depth);
  }

  #convertList(list: readonly unknown[], { isWhole, members, items }: Reads, depth: number): unknown {
    this.#measure(list.length);
    const ofItem = isWhole || members.size > 0 ? WHOLE : items;
    return list.map((item) => (ofItem ? this.convert(item, ofItem, depth + 1) : null));
  }

  #convertMap(map: object, depth: number): unknown {
    const entries = isLookedUp(map) ? [...map.entries()] : Object.entries(map);
    this.#measure(entries.length);
    const converted: Record<string, unknown> = Object.create(null);
    for (const [name, item] of entries) {
      if (item !== undefined && !(name in converted)) converted[name] = this.#convertMember(name, item, WHOLE, depth);
    }
    return converted;
  }

  #convertMembers(map: object, members: Reads['members'], depth: number): unknown {
    const converted: Record<string, unknown> = Object.create(null);
    for (const [name, reads] of members) {
      const item = memberIn(map, name);
      if (item !== undefined) converted[name] = this.#convertMember(name, item, reads, depth);
    }
    return converted;
  }

  #convertMember(name: string, item: unknown, reads: Reads, depth: number): unknown {
    return name === MEASURED && typeof item === 'number' ? item : this.convert(item, reads, depth + 1);
  }

  #measure(size: number): void {
    if (size > MAX_LIST) throw new ExpressionLimit(`a list of ${size}`);
    this.longest = Math.max(this.longest, size);
  }
}

const WHOLE: Reads = { isWhole: true, members: new Map(), items: undefined };

function memberIn(map: object, name: string): unknown {
  if (isLookedUp(map)) return map.get(name);
  return Object.hasOwn(map, name) ? (map as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function scalarInCelTerms(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return value === undefined ? null : value;
}

/** The result in JSON terms; integers beyond 2^53 stay bigint. Throws for what JSON has no word for (a type, a duration). */
export function inJsonTerms(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(inJsonTerms);
  if (value instanceof Map) return plainObject(value.entries());
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new Error('the result is neither a value, a list nor a map');
  return plainObject(Object.entries(value));
}

function plainObject(entries: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([key, item]) => [String(key), inJsonTerms(item)]));
}

/** True where data in the language's terms has a member of that name. Nothing has none; what can't have any is an error. */
export function isThere(data: unknown, name: string): boolean {
  if (data === null || data === undefined) return false;
  if (!isContainer(data) || Array.isArray(data)) throw new Error(`has(): what is asked for "${name}" is no map`);
  return Object.hasOwn(data, name);
}
