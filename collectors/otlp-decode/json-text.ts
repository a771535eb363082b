import { undecodable } from './undecodable.js';
import { MAX_DEPTH } from './wire-reader.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Integers of up to this many digits are exact as JavaScript numbers. */
const EXACT_DIGITS = 15;

/**
 * Parses JSON text without losing a bit of its integers: those of more than 15 digits come back as strings of digits.
 *
 * Depth is checked before parsing. Throws TracecourtError `undecodable-spans` for text that is no JSON or nested too deeply.
 */
export function parseJsonExactly(text: string): unknown {
  const exact = quoteLongIntegers(text);
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
  if (isDeeperThan(text, MAX_DEPTH)) throw undecodable(`its JSON is nested deeper than ${MAX_DEPTH}`);
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
  let i = open + 1;
  while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
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
