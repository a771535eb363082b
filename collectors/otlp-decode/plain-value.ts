import { shortText } from './short-text.js';

const KEY = 0x0a;
const VALUE = 0x12;
const TEXT = 0x0a;
const BOOL = 0x10;
const INTEGER = 0x18;

/** Bytes of a varint that make a number of at most 28 bits. */
const MAX_VARINT = 4;

/**
 * The value of a KeyValue as nearly every sender writes it: a short key, then one short text, a boolean, or an integer that is small and not negative. Undefined for any
 * other, which the reader of all forms is there for. The bytes MUST have been checked.
 */
export function plainValue(bytes: Buffer, start: number, end: number): string | number | boolean | undefined {
  if (bytes[start] !== KEY) return undefined;
  const keyLength = bytes[start + 1] as number;
  const at = start + 2 + keyLength;
  if (keyLength >= 0x80 || bytes[at] !== VALUE || at + 2 + (bytes[at + 1] as number) !== end) return undefined;
  const body = at + 3;
  switch (bytes[at + 2]) {
    case TEXT:
      return body + 1 + (bytes[body] as number) === end ? shortText(bytes, body + 1, end) : undefined;
    case BOOL:
      return body + 1 === end && (bytes[body] as number) < 2 ? bytes[body] === 1 : undefined;
    case INTEGER:
      return smallInteger(bytes, body, end);
    default:
      return undefined;
  }
}

function smallInteger(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start > MAX_VARINT) return undefined;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    const isLast = i === end - 1;
    if (byte < 0x80 !== isLast) return undefined;
    value |= (byte & 0x7f) << (7 * (i - start));
  }
  return end === start ? undefined : value;
}
