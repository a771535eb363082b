import type { Socket } from 'node:net';
import { CommandDecoder, DEFAULT_LIMITS } from './command-decoder.js';
import { encodeReply, type ProtocolVersion } from './encode-reply.js';
import { execute } from './execute.js';
import { error, type Reply } from './reply.js';
import type { ServerState } from './server-state.js';
import { Session } from './session.js';

/** A command that has begun must be whole within this time. */
const STALL_LIMIT_MS = 30_000;
/** Replies that wait for a client that does not read them; above it the connection ends. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

let lastId = 0;

/** One client: bytes in, commands done in order, replies out. Nothing that a client sends harms another one. */
export class Connection {
  readonly #socket: Socket;
  readonly #state: ServerState;
  readonly #nowMs: () => bigint;
  readonly #decoder = new CommandDecoder(DEFAULT_LIMITS);
  readonly #session: Session;
  #commandBeganAt: number | undefined;

  constructor(socket: Socket, { state, nowMs }: { readonly state: ServerState; readonly nowMs: () => bigint }) {
    this.#socket = socket;
    this.#state = state;
    this.#nowMs = nowMs;
    this.#session = new Session({
      id: ++lastId,
      address: `${socket.remoteAddress}:${socket.remotePort}`,
      localAddress: `${socket.localAddress}:${socket.localPort}`,
      connectedAtMs: nowMs(),
      write: (reply, protocol) => this.#write(reply, protocol),
    });
    state.sessions.add(this.#session);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => socket.resume());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#forget());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends the connection when the command that it began does not come to its end. */
  endIfStalled(): void {
    const beganAt = this.#commandBeganAt;
    if (beganAt !== undefined && performance.now() - beganAt > STALL_LIMIT_MS) this.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#session.isLeaving) return;
    const { commands, protocolError } = this.#decoder.push(chunk);
    this.#socket.cork();
    this.#answerAll(commands);
    if (protocolError !== undefined) this.#leave(error(`ERR Protocol error: ${protocolError}`));
    this.#socket.uncork();
    if (!this.#decoder.isWithinCommand) this.#commandBeganAt = undefined;
    else if (commands.length > 0 || this.#commandBeganAt === undefined) this.#commandBeganAt = performance.now();
  }

  #answerAll(commands: readonly (readonly string[])[]): void {
    for (const words of commands) {
      if (isHttp(words)) this.#session.isLeaving = true;
      else this.#answer(words);
      if (this.#session.isLeaving) {
        this.#socket.end();
        return;
      }
    }
  }

  /** Whatever goes wrong in one command ends its connection, never the process that others use too. */
  #answer(words: readonly string[]): void {
    try {
      this.#session.send(execute(words, this.#session, this.#state, this.#nowMs()));
    } catch (cause) {
      this.#leave(error(`ERR internal error: ${cause instanceof Error ? cause.message : String(cause)}`));
    }
  }

  #leave(farewell: Reply): void {
    if (this.#session.isLeaving) return;
    this.#session.isLeaving = true;
    this.#session.send(farewell);
    this.#socket.end();
  }

  #write(reply: Reply, protocol: ProtocolVersion): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    const wasTaken = this.#socket.write(Buffer.from(encodeReply(reply, protocol), 'latin1'));
    if (!wasTaken) this.#socket.pause();
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) this.destroy();
  }

  #forget(): void {
    this.#session.unwatchAll();
    this.#state.sessions.delete(this.#session);
  }
}

/** A web page that a browser was tricked into posting here: Redis hangs up without a word, and so do we. */
function isHttp(words: readonly string[]): boolean {
  const first = (words[0] ?? '').toLowerCase();
  return first === 'post' || first === 'host:';
}
