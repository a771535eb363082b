/** Texts longer than this are rarely met twice. */
const MAX_LENGTH = 64;
const SLOTS = 4_096;

const known: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
/** By slot: 1 once its text was met again. */
const isInternal = new Uint8Array(SLOTS);

/**
 * The text in a range of bytes that is short and ASCII; undefined for any other. One that was read a short while ago is the same string again: attributes say the
 * same few words over and over, and making a string costs more than comparing bytes.
 */
export function shortText(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start > MAX_LENGTH) return undefined;
  let hash = end - start;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const before = known[slot];
  const isKnown = before !== undefined && isWrittenAt(before, { bytes, start, end });
  if (isKnown && isInternal[slot] === 1) return before;
  const text = isKnown ? internalized(before) : bytes.toString('latin1', start, end);
  known[slot] = text;
  isInternal[slot] = isKnown ? 1 : 0;
  return text;
}

/** The engine's own copy of a text, as property names and the texts in a program are: two of these are told apart by where they are, not by what they say. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

function isWrittenAt(
  text: string,
  { bytes, start, end }: { readonly bytes: Buffer; readonly start: number; readonly end: number },
): boolean {
  if (text.length !== end - start) return false;
  for (let i = start; i < end; i++) if (text.charCodeAt(i - start) !== bytes[i]) return false;
  return true;
}
