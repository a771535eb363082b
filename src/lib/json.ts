import { oncePerText } from './once-per.js';

/** JSON for readers outside: bigints (nanosecond times among them) as decimal strings, bytes as base64. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, portable, indent);
}

// A Buffer turns itself into an object before a replacer sees it: hence the look at the holder.
function portable(this: Record<string, unknown>, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  const held = this[key];
  return held instanceof Uint8Array ? base64Of(held) : value;
}

function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/**
 * JSON for ourselves: {@link fromExactJson} gives back the very same data, bigints and bytes included.
 *
 * Written by hand: a replacer costs a call of the engine for every value, and long texts of bytes would be looked through for
 * what has to be escaped.
 */
export function toExactJson(value: unknown): string {
  return exactJson(value) ?? 'null';
}

/** Reads what {@link toExactJson} wrote. Throws SyntaxError for anything that is no JSON. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, untagged);
}

/** Undefined for what JSON leaves out. */
function exactJson(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    case 'bigint':
      return `{"$bigint":"${value}"}`;
    case 'object':
      return value === null ? 'null' : exactObject(value);
    default:
      return undefined;
  }
}

function exactObject(value: object): string | undefined {
  if (value instanceof Uint8Array) return `{"$bytes":"${base64Of(value)}"}`;
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return exactJson(toJSON.call(value));
  if (Array.isArray(value)) return exactList(value);
  const names = Object.keys(value);
  if (isTag(names)) return `{"$plain":${exactList(Object.entries(value))}}`;
  return exactEntries(value as Record<string, unknown>, names);
}

function exactList(list: readonly unknown[]): string {
  let items = '';
  for (let i = 0; i < list.length; i++) items += `${i === 0 ? '' : ','}${exactJson(list[i]) ?? 'null'}`;
  return `[${items}]`;
}

function exactEntries(value: Record<string, unknown>, names: readonly string[]): string {
  let entries = '';
  for (const name of names) {
    const text = exactJson(value[name]);
    if (text === undefined) continue;
    if (entries !== '') entries += ',';
    entries += escapedName(name) + text;
  }
  return `{${entries}}`;
}

/** Names are few and come again and again; the first of them are kept as they are written. */
const escapedName = oncePerText((name: string) => `${JSON.stringify(name)}:`, {
  most: 1_000,
  textOf: (name) => name,
});

function untagged(_key: string, value: unknown): unknown {
  if (!isTagged(value)) return value;
  if (typeof value['$bigint'] === 'string') return BigInt(value['$bigint']);
  if (typeof value['$bytes'] === 'string') return new Uint8Array(Buffer.from(value['$bytes'], 'base64'));
  if (Array.isArray(value['$plain'])) return Object.fromEntries(value['$plain']);
  return value;
}

/** An object with one key that looks like a tag of ours, whoever made it. */
function isTagged(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isTag(Object.keys(value));
}

const TAGS = ['$bigint', '$bytes', '$plain'];

function isTag(names: readonly string[]): boolean {
  return names.length === 1 && TAGS.includes(names[0] as string);
}
