import { asciiText } from './short-text.js';
import { MAX_DEPTH } from './wire-reader.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const OBJECT = { opens: 0x7b, closes: 0x7d } as const;
const LIST = { opens: 0x5b, closes: 0x5d } as const;
/** Whole numbers of so many digits are exact as JavaScript numbers. */
const EXACT_DIGITS = 15;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Thrown for what is no JSON, for what is nested too deeply, and for what is not said in the form that was asked for. It says nothing and has no stack: whoever
 * reads all forms is asked then, and says what is wrong, if anything is.
 */
export const NOT_PLAIN = Object.freeze(new Error('The JSON is not written in the plain form.'));

/** Goes once through the bytes of a JSON text, which MUST be UTF-8, and makes nothing but what is asked for. */
export class JsonCursor {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  #isFirst = false;
  /** The name of the field that {@link nextField} found. */
  name = '';

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  openObject(): void {
    this.#open(OBJECT.opens);
  }

  openList(): void {
    this.#open(LIST.opens);
  }

  /** Moves to the value of the next field of the object at hand; false at its end, which closes it. */
  nextField(): boolean {
    if (!this.#hasMore(OBJECT.closes)) return false;
    this.name = this.text();
    this.#take(COLON);
    return true;
  }

  /** Moves to the next item of the list at hand; false at its end, which closes it. */
  nextItem(): boolean {
    return this.#hasMore(LIST.closes);
  }

  isText(): boolean {
    return this.#next() === QUOTE;
  }

  text(): string {
    this.#take(QUOTE);
    const bytes = this.#bytes;
    const start = this.#at;
    for (let end = start; ; end++) {
      const code = bytes[end] as number;
      if (code === QUOTE) {
        this.#at = end + 1;
        return asciiText(bytes, start, end);
      }
      if (!(code >= SPACE && code < 0x80 && code !== BACKSLASH)) return this.#otherText(start);
    }
  }

  /** A text of so many lower-case hex digits, not all of them 0; or an empty one. */
  id(digits: number): string {
    this.#take(QUOTE);
    const start = this.#at;
    if (this.#bytes[start] === QUOTE) {
      this.#at++;
      return '';
    }
    let bits = 0;
    for (let i = start; i < start + digits; i++) {
      const code = this.#bytes[i] as number;
      if (!isDigit(code) && !(code >= 0x61 && code <= 0x66)) throw NOT_PLAIN;
      bits |= code ^ ZERO;
    }
    if (bits === 0) throw NOT_PLAIN;
    this.#endText(start + digits);
    return asciiText(this.#bytes, start, start + digits);
  }

  /** A text of at most 19 digits. */
  integerText(): bigint {
    this.#take(QUOTE);
    const start = this.#at;
    let end = start;
    while (isDigit(this.#bytes[end] as number)) end++;
    if (end === start || end - start > 19) throw NOT_PLAIN;
    const low = Math.max(start, end - 9);
    const value = BigInt(this.#digits(start, low)) * 1_000_000_000n + BigInt(this.#digits(low, end));
    this.#endText(end);
    return value;
  }

  /** Any number but a whole one of more digits than are exact. */
  number(): number {
    this.#next();
    const start = this.#at;
    let end = start;
    while (isDigit(this.#bytes[end] as number)) end++;
    const isPlain = end > start && end - start <= EXACT_DIGITS && (this.#bytes[start] !== ZERO || end === start + 1);
    if (!isPlain || isNumberPart(this.#bytes[end] as number)) return this.#otherNumber(start);
    this.#at = end;
    return this.#digits(start, end);
  }

  boolean(): boolean {
    const value = this.#next() === 0x74;
    this.#takeWord(value ? 'true' : 'false');
    return value;
  }

  /** Passes over any value. */
  skip(): void {
    switch (this.#next()) {
      case OBJECT.opens:
        this.openObject();
        while (this.nextField()) this.skip();
        break;
      case LIST.opens:
        this.openList();
        while (this.nextItem()) this.skip();
        break;
      case QUOTE:
        this.text();
        break;
      case 0x74:
      case 0x66:
        this.boolean();
        break;
      case 0x6e:
        this.#takeWord('null');
        break;
      default:
        this.number();
    }
  }

  /** Nothing may come after the value that was read. */
  end(): void {
    this.#next();
    if (this.#at < this.#bytes.length) throw NOT_PLAIN;
  }

  #open(sign: number): void {
    this.#take(sign);
    if (++this.#depth > MAX_DEPTH) throw NOT_PLAIN;
    this.#isFirst = true;
  }

  #hasMore(closing: number): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#next() === closing) {
      this.#at++;
      this.#depth--;
      return false;
    }
    if (!isFirst) this.#take(COMMA);
    return true;
  }

  /** The next sign that is no space; NaN at the end. */
  #next(): number {
    const code = this.#bytes[this.#at] as number;
    return code > SPACE ? code : this.#nextAfterSpace();
  }

  #nextAfterSpace(): number {
    while (this.#at < this.#bytes.length) {
      const code = this.#bytes[this.#at] as number;
      if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at++;
    }
    return Number.NaN;
  }

  #take(sign: number): void {
    if (this.#next() !== sign) throw NOT_PLAIN;
    this.#at++;
  }

  /** Here a space would be one of the text. */
  #endText(end: number): void {
    if (this.#bytes[end] !== QUOTE) throw NOT_PLAIN;
    this.#at = end + 1;
  }

  #takeWord(word: string): void {
    const end = this.#at + word.length;
    if (this.#bytes.toString('latin1', this.#at, end) !== word) throw NOT_PLAIN;
    this.#at = end;
  }

  /** One with letters beyond ASCII, or with any that are written in another way. */
  #otherText(start: number): string {
    const bytes = this.#bytes;
    for (let i = start; i < bytes.length; i++) {
      if (bytes[i] === BACKSLASH) i++;
      else if (bytes[i] === QUOTE) {
        this.#at = i + 1;
        return JSON.parse(bytes.toString('utf8', start - 1, this.#at)) as string;
      }
    }
    throw NOT_PLAIN;
  }

  #digits(start: number, end: number): number {
    let value = 0;
    for (let i = start; i < end; i++) value = value * 10 + (this.#bytes[i] as number) - ZERO;
    return value;
  }

  #otherNumber(start: number): number {
    let end = start;
    while (isNumberPart(this.#bytes[end] as number)) end++;
    const text = this.#bytes.toString('latin1', start, end);
    if (!NUMBER.test(text) || LONG_INTEGER.test(text)) throw NOT_PLAIN;
    this.#at = end;
    return Number(text);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

/** Digits, `+`, `-`, `.`, `e` and `E`. */
function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e || (code | 0x20) === 0x65;
}
