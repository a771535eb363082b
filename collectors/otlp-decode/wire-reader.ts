import { isUtf8 } from 'node:buffer';
import { shortText } from './short-text.js';
import { undecodable } from './undecodable.js';

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Messages inside messages that a body may hold; deeper ones are refused before the stack is at risk. */
export const MAX_DEPTH = 100;

/**
 * Reads protobuf fields from a range of bytes. Every read is checked against the end of the range: what does not fit throws
 * TracecourtError `undecodable-spans` with the offset.
 */
export class WireReader {
  readonly bytes: Buffer;
  readonly end: number;
  position: number;
  /** Number and wire type of the field that {@link nextField} found. */
  field = 0;
  wireType = 0;
  #low = 0;
  #high = 0;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end of the range. */
  nextField(): boolean {
    if (this.position >= this.end) return false;
    this.#varint();
    this.field = this.#low >>> 3;
    this.wireType = this.#low & 7;
    if (this.#high !== 0 || this.field === 0) this.#fail('an impossible field number');
    return true;
  }

  /** True when the field at hand is `field` in the wire type its schema gives it; of another type it is an unknown field. */
  is(field: number, wireType: number): boolean {
    return this.field === field && this.wireType === wireType;
  }

  skip(): void {
    switch (this.wireType) {
      case WIRE.varint:
        this.#varint();
        break;
      case WIRE.fixed64:
        this.#advance(8);
        break;
      case WIRE.fixed32:
        this.#advance(4);
        break;
      case WIRE.bytes:
        this.#advance(this.#length());
        break;
      default:
        this.#fail(`wire type ${this.wireType}, which no OTLP message uses`);
    }
  }

  /** The low 32 bits of a varint, as an unsigned number; undefined when the value is larger. */
  uint32(): number | undefined {
    this.#varint();
    return this.#high === 0 ? this.#low : undefined;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** A signed 64-bit integer: a number while that is exact, else a bigint. */
  int64(): number | bigint {
    this.#varint();
    if (this.#high === 0) return this.#low;
    const value = (BigInt(this.#high | 0) << 32n) | BigInt(this.#low);
    const inexact = value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER);
    return inexact ? value : Number(value);
  }

  fixed64(): bigint {
    const at = this.position;
    this.#advance(8);
    return this.bytes.readBigUInt64LE(at);
  }

  fixed32(): number {
    const at = this.position;
    this.#advance(4);
    return this.bytes.readUInt32LE(at);
  }

  double(): number {
    const at = this.position;
    this.#advance(8);
    return this.bytes.readDoubleLE(at);
  }

  /** A reader of the length-delimited field at hand, which this one steps over. */
  message(depth: number): WireReader {
    if (depth > MAX_DEPTH) this.#fail(`messages nested deeper than ${MAX_DEPTH}`);
    const start = this.#range();
    return new WireReader(this.bytes, start, this.position);
  }

  /** A view of the bytes of the field at hand. */
  view(): Buffer {
    const start = this.#range();
    return this.bytes.subarray(start, this.position);
  }

  string(): string {
    const start = this.#range();
    const short = shortText(this.bytes, start, this.position);
    if (short !== undefined) return short;
    this.#checkText(start);
    return this.bytes.toString('utf8', start, this.position);
  }

  /** Steps over a text, checking that it is UTF-8. */
  skipText(): void {
    this.#checkText(this.#range());
  }

  #checkText(start: number): void {
    for (let i = start; i < this.position; i++) {
      if ((this.bytes[i] as number) < 0x80) continue;
      if (!isUtf8(this.bytes.subarray(i, this.position))) this.#fail('a text that is not UTF-8');
      return;
    }
  }

  #range(): number {
    const length = this.#length();
    const start = this.position;
    this.#advance(length);
    return start;
  }

  #length(): number {
    this.#varint();
    if (this.#high !== 0) this.#fail('a length beyond the end of the message');
    return this.#low;
  }

  #advance(count: number): void {
    if (count > this.end - this.position) this.#fail('a field that ends beyond its message (truncated?)');
    this.position += count;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) this.#fail('a number that ends beyond its message (truncated?)');
      const byte = this.bytes[this.position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else if (shift === 63 && byte > 1) break;
      else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    this.#fail('a number of more than 64 bits');
  }

  #fail(what: string): never {
    throw undecodable(`at byte ${this.position} there is ${what}`);
  }
}
