/** What a client sent is no request of the protocol. The connection it came on MUST be closed, and no other. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

/** Reads big-endian values from front to back. Every read past the end throws {@link MalformedBytes}. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  /** A view of the next `length` bytes, not a copy. */
  slice(length: number): Buffer {
    if (length < 0) throw new MalformedBytes(`a length of ${length} bytes`);
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A zigzag variable-length integer of at most ten bytes. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new MalformedBytes('a variable-length integer of more than ten bytes');
  }

  #take(length: number): number {
    if (length > this.remaining) throw new MalformedBytes(`${length} bytes wanted, ${this.remaining} left`);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
