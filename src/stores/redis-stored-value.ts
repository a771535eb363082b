import type { StoredValue } from '../model/index.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text; bytes that are no UTF-8 as `{ base64 }`. */
export function storedText(bytes: Buffer): StoredValue {
  return decodeUtf8(bytes) ?? { base64: bytes.toString('base64') };
}

/** Fields with their values as an object; `__proto__` is a field like any other. */
export function storedHash(fields: readonly (readonly [string, Buffer])[]): StoredValue {
  return Object.fromEntries(fields.map(([field, value]) => [field, storedText(value)]));
}

/** Members in byte order, because a set has none of its own. */
export function storedSet(members: readonly Buffer[]): StoredValue {
  return members.toSorted(Buffer.compare).map(storedText);
}

/** `[member, score, …]` as `[{ member, score }, …]`; infinite scores are the texts `inf` and `-inf`. */
export function storedSortedSet(flat: readonly Buffer[]): StoredValue {
  return inPairs(flat).map(([member, score]) => ({ member: storedText(member), score: storedScore(score.toString()) }));
}

function storedScore(text: string): number | string {
  const score = Number(text);
  return Number.isFinite(score) ? score : text;
}

function inPairs(flat: readonly Buffer[]): readonly (readonly [Buffer, Buffer])[] {
  const pairs: (readonly [Buffer, Buffer])[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? Buffer.alloc(0), flat[index + 1] ?? Buffer.alloc(0)]);
  }
  return pairs;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
