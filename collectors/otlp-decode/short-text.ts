/** Texts longer than this are rarely met twice. */
const MAX_LENGTH = 64;
const SLOTS = 4_096;
/** So many letters at the end of a text choose its slot: names differ most there. */
const TELLING = 8;

const known: string[] = Array.from({ length: SLOTS }, () => '');
/** By slot: the letters of its text. Comparing them with bytes costs far less than asking a string for each. */
const letters = new Uint8Array(SLOTS * MAX_LENGTH);
const lengths = new Uint8Array(SLOTS);
/** By slot: how often its text was met again, up to {@link OFTEN}. */
const met = new Uint8Array(SLOTS);
/** A word of one request is met for every span of it; one that is met more often than that will be met for ever. */
const OFTEN = 200;

/** The text in a range of bytes that is short and ASCII; undefined for any other. */
export function shortText(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start > MAX_LENGTH) return undefined;
  for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x80) return undefined;
  return asciiText(bytes, start, end);
}

/**
 * The text in a range of bytes that are ASCII. One that is short and was read a short while ago is the same string again: attributes say the same few words over
 * and over, and making a string costs more than comparing bytes.
 */
export function asciiText(bytes: Buffer, start: number, end: number): string {
  if (end - start > MAX_LENGTH) return bytes.toString('latin1', start, end);
  const slot = slotOf(bytes, start, end);
  if (!isWrittenAt(slot, bytes, start, end)) return learn(slot, bytes, start, end);
  const times = met[slot] as number;
  if (times < OFTEN) meetAgain(slot, times + 1);
  return known[slot] as string;
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let i = Math.max(start, end - TELLING); i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  return (hash ^ (hash >>> 12)) & (SLOTS - 1);
}

function isWrittenAt(slot: number, bytes: Buffer, start: number, end: number): boolean {
  if (lengths[slot] !== end - start) return false;
  for (let i = start, at = slot * MAX_LENGTH; i < end; i++, at++) if (letters[at] !== bytes[i]) return false;
  return true;
}

function learn(slot: number, bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('latin1', start, end);
  known[slot] = text;
  lengths[slot] = end - start;
  met[slot] = 0;
  for (let i = start, at = slot * MAX_LENGTH; i < end; i++, at++) letters[at] = bytes[i] as number;
  return text;
}

function meetAgain(slot: number, times: number): void {
  met[slot] = times;
  if (times === OFTEN) known[slot] = internalized(known[slot] as string);
}

/** The engine's own copy of a text, as property names and the texts in a program are: two of these are told apart by where they are, not by what they say. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}
