import { MalformedBytes } from './byte-reader.js';

const LENGTH_BYTES = 4;

/** Cuts a byte stream into frames: four bytes of length, then so many bytes. */
export class FrameSplitter {
  readonly #maxFrameBytes: number;
  #chunks: Buffer[] = [];
  #held = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** The frames that `chunk` completes, without their length. Throws {@link MalformedBytes} for a length out of bounds. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: Buffer[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Buffer | undefined {
    if (this.#held < LENGTH_BYTES) return undefined;
    const length = this.#front(LENGTH_BYTES).readInt32BE(0);
    if (length < 0 || length > this.#maxFrameBytes) throw new MalformedBytes(`a frame of ${length} bytes`);
    const total = LENGTH_BYTES + length;
    if (this.#held < total) return undefined;
    const joined = this.#front(total);
    const rest = joined.subarray(total);
    this.#chunks = rest.length > 0 ? [rest, ...this.#chunks.slice(1)] : this.#chunks.slice(1);
    this.#held -= total;
    return joined.subarray(LENGTH_BYTES, total);
  }

  /** The first chunk, grown to at least `length` bytes; chunks are joined only when a whole frame is there. */
  #front(length: number): Buffer {
    const [first] = this.#chunks;
    if (first && first.length >= length) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}
