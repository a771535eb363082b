import { BoltStructure, type BoltValue } from './bolt-value.js';

/** What came is not PackStream, or nests too deep. */
export class PackStreamError extends Error {
  override readonly name = 'PackStreamError';
}

/** Deep enough for any query's parameters, shallow enough for the stack. */
const MAX_DEPTH = 100;

/**
 * The one value in `bytes`. Throws {@link PackStreamError} for anything else: bytes that end early, bytes left over, unknown
 * markers, map keys that are no strings, more than 100 levels. Sizes are checked against the bytes that are there before
 * anything is allocated for them.
 */
export function decodePackStream(bytes: Buffer): BoltValue {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.left() > 0) throw new PackStreamError(`${reader.left()} bytes are left over after the value.`);
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  left(): number {
    return this.#bytes.length - this.#at;
  }

  value(depth: number): BoltValue {
    if (depth > MAX_DEPTH) throw new PackStreamError(`The value nests deeper than ${MAX_DEPTH} levels.`);
    const marker = this.#size(1);
    if (marker < 0x80) return BigInt(marker);
    if (marker >= 0xf0) return BigInt(marker - 0x100);
    const low = marker & 0x0f;
    switch (marker & 0xf0) {
      case 0x80:
        return this.#text(low);
      case 0x90:
        return this.#list(low, depth);
      case 0xa0:
        return this.#map(low, depth);
      case 0xb0:
        return this.#structure(low, depth);
      default:
        return this.#marked(marker, depth);
    }
  }

  #marked(marker: number, depth: number): BoltValue {
    switch (marker) {
      case 0xc0:
        return null;
      case 0xc1:
        return this.#bytes.readDoubleBE(this.#pass(8));
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc8:
        return BigInt(this.#bytes.readInt8(this.#pass(1)));
      case 0xc9:
        return BigInt(this.#bytes.readInt16BE(this.#pass(2)));
      case 0xca:
        return BigInt(this.#bytes.readInt32BE(this.#pass(4)));
      case 0xcb:
        return this.#bytes.readBigInt64BE(this.#pass(8));
      default:
        return this.#sized(marker, depth);
    }
  }

  #sized(marker: number, depth: number): BoltValue {
    switch (marker) {
      case 0xcc:
      case 0xcd:
      case 0xce:
        return Uint8Array.from(this.#take(this.#size(1 << (marker - 0xcc))));
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.#text(this.#size(1 << (marker - 0xd0)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
        return this.#list(this.#size(1 << (marker - 0xd4)), depth);
      case 0xd8:
      case 0xd9:
      case 0xda:
        return this.#map(this.#size(1 << (marker - 0xd8)), depth);
      default:
        throw new PackStreamError(`No value starts with the byte 0x${marker.toString(16)}.`);
    }
  }

  #size(width: number): number {
    const at = this.#pass(width);
    return width === 1 ? this.#bytes.readUInt8(at) : this.#bytes.readUIntBE(at, width);
  }

  #take(count: number): Buffer {
    const at = this.#pass(count);
    return this.#bytes.subarray(at, at + count);
  }

  #text(size: number): string {
    const at = this.#pass(size);
    return this.#bytes.toString('utf8', at, at + size);
  }

  /** Goes over so many bytes, and gives the place where they start. */
  #pass(count: number): number {
    if (this.left() < count) throw new PackStreamError(`The value ends ${count - this.left()} bytes early.`);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  #list(size: number, depth: number): readonly BoltValue[] {
    this.#expectAtLeast(size);
    const list: BoltValue[] = [];
    for (let i = 0; i < size; i++) list.push(this.value(depth + 1));
    return list;
  }

  #map(size: number, depth: number): ReadonlyMap<string, BoltValue> {
    this.#expectAtLeast(size * 2);
    const map = new Map<string, BoltValue>();
    for (let i = 0; i < size; i++) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new PackStreamError('A map has a key that is no string.');
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  #structure(size: number, depth: number): BoltStructure {
    const tag = this.#size(1);
    return new BoltStructure(tag, this.#list(size, depth));
  }

  /** Each item takes a byte at least: a size beyond that is a lie, and no array is grown for it. */
  #expectAtLeast(count: number): void {
    if (this.left() < count) throw new PackStreamError(`${count} items are announced, ${this.left()} bytes are there.`);
  }
}
