const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Integers of up to this many digits are exact as JavaScript numbers. */
const EXACT_DIGITS = 15;
/** Stands before every long integer, and seldom in a string: texts without it need no second look. */
const MAY_HOLD_LONG_INTEGERS = /(?:^|[:,[\s-])\d{16}/;

/** What a JSON text says, without losing a bit of its whole numbers: those that no JavaScript number holds exactly are bigints. Throws SyntaxError for text that is no JSON. */
export function parseWholeNumbers(text: string): unknown {
  if (!MAY_HOLD_LONG_INTEGERS.test(text)) return JSON.parse(text);
  const mark = markNotIn(text);
  const marked = quoteLongIntegers(text, mark);
  if (marked === text) return JSON.parse(text);
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(mark)) return value;
    const whole = BigInt(value.slice(mark.length));
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  });
}

/** The same text, with every whole number of more than 15 digits as a text of its digits, after a mark. */
export function withLongIntegersQuoted(text: string): string {
  return MAY_HOLD_LONG_INTEGERS.test(text) ? quoteLongIntegers(text, '') : text;
}

/** A character that no string of the text holds, neither as it is nor escaped. */
function markNotIn(text: string): string {
  const lower = text.toLowerCase();
  for (let code = 0xe000; code < 0xf900; code++) {
    const mark = String.fromCharCode(code);
    if (!text.includes(mark) && !lower.includes(`\\u${code.toString(16)}`)) return mark;
  }
  throw new SyntaxError("the text uses every character that is nobody's");
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

function quoteLongIntegers(text: string, mark: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
    } else if (isNumberPart(code)) {
      const end = endOfNumber(text, i);
      if (isLongInteger(text, i, end)) {
        parts.push(text.slice(copied, i), '"', mark, text.slice(i, end), '"');
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
