const MAX_CHUNK = 0xffff;
const END = Buffer.of(0, 0);

/** A message as it goes over the wire: chunks of at most 65,535 bytes, each behind its size, and an empty one at the end. */
export function toChunks(message: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += MAX_CHUNK) {
    const chunk = message.subarray(at, at + MAX_CHUNK);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(chunk.length);
    parts.push(size, chunk);
  }
  return Buffer.concat([...parts, END]);
}

/** A message is longer than we take. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';
}

/** Joins chunks to messages, however the bytes are cut. Empty messages (keep-alive) are left out. */
export class ChunkJoiner {
  readonly #maxBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The messages that are whole with these bytes. Throws {@link MessageTooLong}; the connection is of no use after it. */
  add(bytes: Buffer): readonly Buffer[] {
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const messages: Buffer[] = [];
    while (rest.length >= 2) {
      const size = rest.readUInt16BE();
      if (rest.length < 2 + size) break;
      if (size > 0) this.#keep(rest.subarray(2, 2 + size));
      else if (this.#size > 0) messages.push(this.#finish());
      rest = rest.subarray(2 + size);
    }
    this.#pending = Buffer.from(rest);
    return messages;
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes)
      throw new MessageTooLong(`A message is longer than the ${this.#maxBytes} bytes that the embedded graph takes.`);
    this.#chunks.push(Buffer.from(chunk));
  }

  #finish(): Buffer {
    const message = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return message;
  }
}
