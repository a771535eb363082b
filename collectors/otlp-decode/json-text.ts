import { undecodable } from './undecodable.js';
import { MAX_DEPTH } from './wire-reader.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Integers of up to this many digits are exact as JavaScript numbers. */
const EXACT_DIGITS = 15;
/** Stands before every long integer, and seldom in a string: texts without it need no second look. */
const MAY_HOLD_LONG_INTEGERS = /(?:^|[:,[\s-])\d{16}/;

/**
 * Parses JSON text without losing a bit of its integers: those of more than 15 digits come back as strings of digits.
 *
 * Depth is checked before parsing. Throws TracecourtError `undecodable-spans` for text that is no JSON or nested too deeply.
 */
export function parseJsonExactly(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) throw undecodable(`its JSON is nested deeper than ${MAX_DEPTH}`);
  const exact = MAY_HOLD_LONG_INTEGERS.test(text) ? quoteLongIntegers(text) : text;
  try {
    return JSON.parse(exact);
  } catch (error) {
    throw undecodable(`it is no JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

/** True when brackets nest deeper than `limit` outside of strings. */
export function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (isOpening(code) && ++depth > limit) return true;
    else if (isClosing(code)) depth--;
  }
  return false;
}

function quoteLongIntegers(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
    } else if (isNumberPart(code)) {
      const end = endOfNumber(text, i);
      if (isLongInteger(text, i, end)) {
        parts.push(text.slice(copied, i), '"', text.slice(i, end), '"');
        copied = end;
      }
      i = end - 1;
    }
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

function isLongInteger(text: string, start: number, end: number): boolean {
  if (end - start <= EXACT_DIGITS) return false;
  return /^-?[1-9]\d{15,}$/.test(text.slice(start, end));
}

/** Index of the closing quote, or the text's length where there is none: the parser will say so. */
function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    if (backslashesBefore(text, quote) % 2 === 0) return quote;
  }
  return text.length;
}

function backslashesBefore(text: string, end: number): number {
  let start = end;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return end - start;
}

function endOfNumber(text: string, start: number): number {
  let i = start;
  while (i < text.length && isNumberPart(text.charCodeAt(i))) i++;
  return i;
}

/** Digits, `+`, `-`, `.`, `e` and `E`; the letters of true, false and null do no harm. */
function isNumberPart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || (code | 0x20) === 0x65;
}

function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}
