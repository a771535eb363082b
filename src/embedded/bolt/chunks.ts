const MAX_CHUNK = 0xffff;
const SIZE_BYTES = 2;

/** A message as it goes over the wire: chunks of at most 65,535 bytes, each behind its size, and an empty one at the end. */
export function toChunks(message: Buffer): Buffer {
  const chunks = Math.ceil(message.length / MAX_CHUNK);
  const wire = Buffer.allocUnsafe(message.length + (chunks + 1) * SIZE_BYTES);
  let to = 0;
  for (let at = 0; at < message.length; at += MAX_CHUNK) {
    to = wire.writeUInt16BE(Math.min(MAX_CHUNK, message.length - at), to);
    to += message.copy(wire, to, at, at + MAX_CHUNK);
  }
  wire.writeUInt16BE(0, to);
  return wire;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** A message is longer than we take. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';
}

/** Joins chunks to messages, however the bytes are cut. Empty messages (keep-alive) are left out. */
export class ChunkJoiner {
  readonly #maxBytes: number;
  #pending: Buffer = NOTHING;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The messages that are whole with these bytes; they MAY share memory with them. Throws {@link MessageTooLong}; the connection is
   * of no use after it.
   */
  add(bytes: Buffer): readonly Buffer[] {
    const kept = this.#chunks.length;
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const messages: Buffer[] = [];
    while (rest.length >= 2) {
      const size = rest.readUInt16BE();
      if (rest.length < 2 + size) break;
      if (size > 0) this.#keep(rest.subarray(2, 2 + size));
      else if (this.#size > 0) messages.push(this.#finish());
      rest = rest.subarray(2 + size);
    }
    this.#pending = rest.length === 0 ? NOTHING : Buffer.from(rest);
    this.#own(messages.length === 0 ? kept : 0);
    return messages;
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes)
      throw new MessageTooLong(`A message is longer than the ${this.#maxBytes} bytes that the embedded graph takes.`);
    this.#chunks.push(chunk);
  }

  /** What waits for its end, from that chunk on, is copied: it would keep alive all that came with it. */
  #own(from: number): void {
    for (let i = from; i < this.#chunks.length; i++) this.#chunks[i] = Buffer.from(this.#chunks[i] ?? NOTHING);
  }

  #finish(): Buffer {
    const [first = NOTHING] = this.#chunks;
    const message = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return message;
  }
}
