import { splitInlineCommand } from './inline-command.js';

/** Sizes that a client may ask for; what is bigger is a protocol error. */
export interface DecoderLimits {
  readonly maxBulkBytes: number;
  readonly maxArguments: number;
  /** All arguments of one command together. */
  readonly maxCommandBytes: number;
  /** An inline command, or the line that announces a size. */
  readonly maxLineBytes: number;
}

export const DEFAULT_LIMITS: DecoderLimits = {
  maxBulkBytes: 16 * 1024 * 1024,
  maxArguments: 100_000,
  maxCommandBytes: 32 * 1024 * 1024,
  maxLineBytes: 64 * 1024,
};

/** Commands that became complete, in order; `protocolError` when the rest of the stream cannot be trusted any more. */
export interface Decoded {
  readonly commands: readonly (readonly string[])[];
  readonly protocolError?: string;
}

class ProtocolError extends Error {}

const LF = 0x0a;
const ARRAY_MARK = 0x2a;
const SIZE_FORM = /^(?:0|-?[1-9]\d{0,18})$/;

/**
 * Turns bytes into commands, however they are cut into chunks. Arguments are strings of one character a byte.
 *
 * After a protocol error the decoder MUST NOT be used again. It holds at most one unfinished command and one line.
 */
export class CommandDecoder {
  readonly #limits: DecoderLimits;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes without which nothing more can be decoded. */
  #needed = 1;
  #args: string[] = [];
  #argsBytes = 0;
  #missingArgs = 0;
  #bulkBytes: number | undefined;

  constructor(limits: DecoderLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** True while a command has begun and has not ended. */
  get isWithinCommand(): boolean {
    return this.#buffered > 0 || this.#missingArgs > 0;
  }

  push(chunk: Buffer): Decoded {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const commands: (readonly string[])[] = [];
    if (this.#buffered < this.#needed) return { commands };
    try {
      this.#decode(this.#takeBuffered(), commands);
      return { commands };
    } catch (cause) {
      if (cause instanceof ProtocolError) return { commands, protocolError: cause.message };
      throw cause;
    }
  }

  #takeBuffered(): Buffer {
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#buffered = 0;
    this.#needed = 1;
    return bytes;
  }

  #decode(bytes: Buffer, commands: (readonly string[])[]): void {
    let at = 0;
    for (;;) {
      const next = this.#bulkBytes === undefined ? this.#readLine(bytes, at, commands) : this.#readBulk(bytes, at);
      if (next === undefined) break;
      at = next;
      if (this.#missingArgs === 0 && this.#args.length > 0) commands.push(this.#finishCommand());
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  #keep(rest: Buffer): void {
    this.#chunks = [rest];
    this.#buffered = rest.length;
    this.#needed = this.#bulkBytes === undefined ? rest.length + 1 : this.#bulkBytes + 2;
  }

  #finishCommand(): readonly string[] {
    const command = this.#args;
    this.#args = [];
    this.#argsBytes = 0;
    return command;
  }

  #readLine(bytes: Buffer, at: number, commands: (readonly string[])[]): number | undefined {
    const end = bytes.indexOf(LF, at);
    if ((end < 0 ? bytes.length : end) - at > this.#limits.maxLineBytes) throw this.#lineTooLong(bytes[at]);
    if (end < 0) return undefined;
    const line = bytes.toString('latin1', at, end).replace(/\r$/, '');
    if (this.#missingArgs > 0) this.#startBulk(line);
    else if (bytes[at] === ARRAY_MARK) this.#startArray(line);
    else this.#takeInline(line, commands);
    return end + 1;
  }

  #lineTooLong(mark: number | undefined): ProtocolError {
    if (this.#missingArgs > 0) return new ProtocolError('too big bulk count string');
    return new ProtocolError(mark === ARRAY_MARK ? 'too big mbulk count string' : 'too big inline request');
  }

  #startArray(line: string): void {
    const size = readSize(line.slice(1));
    if (size === undefined || size > this.#limits.maxArguments) throw new ProtocolError('invalid multibulk length');
    this.#missingArgs = Math.max(0, size);
  }

  #startBulk(line: string): void {
    if (!line.startsWith('$')) {
      throw new ProtocolError(`expected '$', got '${line.slice(0, 1)}'`);
    }
    const size = readSize(line.slice(1));
    const tooMuch = size === undefined || size > this.#limits.maxBulkBytes;
    if (tooMuch || size < 0 || this.#argsBytes + size > this.#limits.maxCommandBytes) {
      throw new ProtocolError('invalid bulk length');
    }
    this.#bulkBytes = size;
  }

  #readBulk(bytes: Buffer, at: number): number | undefined {
    const size = this.#bulkBytes ?? 0;
    const end = at + size;
    if (bytes.length < end + 2) return undefined;
    this.#args.push(bytes.toString('latin1', at, end));
    this.#argsBytes += size;
    this.#missingArgs -= 1;
    this.#bulkBytes = undefined;
    return end + 2;
  }

  #takeInline(line: string, commands: (readonly string[])[]): void {
    const args = splitInlineCommand(line);
    if (args === undefined) throw new ProtocolError('unbalanced quotes in request');
    if (args.length > 0) commands.push(args);
  }
}

function readSize(text: string): number | undefined {
  return SIZE_FORM.test(text) ? Number(text) : undefined;
}
