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
 * JSON for ourselves: {@link fromExactJson} gives back the very same data, bigints and bytes included. Many bytes go in best
 * as a plain Uint8Array: a Buffer first makes itself a list of numbers.
 */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, tagged);
}

/** Reads what {@link toExactJson} wrote. Throws SyntaxError for anything that is no JSON. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, untagged);
}

function tagged(this: Record<string, unknown>, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() };
  const held = this[key];
  if (held instanceof Uint8Array) return { $bytes: base64Of(held) };
  return isTagged(value) ? { $plain: Object.entries(value) } : value;
}

function untagged(_key: string, value: unknown): unknown {
  if (!isTagged(value)) return value;
  if (typeof value['$bigint'] === 'string') return BigInt(value['$bigint']);
  if (typeof value['$bytes'] === 'string') return new Uint8Array(Buffer.from(value['$bytes'], 'base64'));
  if (Array.isArray(value['$plain'])) return Object.fromEntries(value['$plain']);
  return value;
}

/** An object with one key that looks like a tag of ours, whoever made it. */
function isTagged(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && ['$bigint', '$bytes', '$plain'].includes(keys[0] ?? '');
}
