/** JSON with integers beyond 2^53 as decimal strings (nanosecond times among them) and bytes as base64. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, portable, indent);
}

function portable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
