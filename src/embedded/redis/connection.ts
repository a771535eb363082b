import type { Socket } from 'node:net';
import { CommandDecoder, DEFAULT_LIMITS } from './command-decoder.js';
import { CommandQueue } from './command-queue.js';
import { encodeReply, type ProtocolVersion } from './encode-reply.js';
import { execute } from './execute.js';
import { error, type Reply } from './reply.js';
import type { ServerState } from './server-state.js';
import { Session } from './session.js';

/** A command that has begun must be whole within this time. */
const STALL_LIMIT_MS = 30_000;
/** While the client has so much of its replies to read, its next command waits. */
const ENOUGH_UNREAD_BYTES = 1024 * 1024;
/** What was published to a client that does not read; above it the connection ends. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
/** Above so many commands that wait, no more are read. */
const MAX_WAITING_COMMANDS = 10_000;

let lastId = 0;

/** One client: bytes in, commands done in order, replies out. Nothing that a client sends harms another one. */
export class Connection {
  readonly #socket: Socket;
  readonly #state: ServerState;
  readonly #nowMs: () => bigint;
  readonly #decoder = new CommandDecoder(DEFAULT_LIMITS);
  readonly #session: Session;
  readonly #commands = new CommandQueue();
  #protocolError: string | undefined;
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
      isAuthenticated: state.password === undefined,
      write: (reply, protocol) => this.#write(reply, protocol),
      goOn: () => this.#answerAll(),
    });
    state.sessions.add(this.#session);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#answerAll());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#forget());
  }

  destroy(): void {
    this.#session.isLeaving = true;
    this.#socket.destroy();
  }

  /** Ends the connection when the command that it began does not come to its end. */
  endIfStalled(): void {
    const beganAt = this.#commandBeganAt;
    if (beganAt !== undefined && performance.now() - beganAt > STALL_LIMIT_MS) this.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#session.isLeaving || this.#protocolError !== undefined) return;
    const { commands, protocolError } = this.#decoder.push(chunk);
    this.#commands.add(commands);
    this.#protocolError = protocolError;
    this.#answerAll();
    if (!this.#decoder.isWithinCommand) this.#commandBeganAt = undefined;
    else if (commands.length > 0 || this.#commandBeganAt === undefined) this.#commandBeganAt = performance.now();
  }

  /** Does what has come, as far as nothing stands in the way; whatever does calls this again when it is gone. */
  #answerAll(): void {
    this.#socket.cork();
    while (this.#commands.length > 0 && !this.#isHeldUp()) this.#answer(this.#commands.take() ?? []);
    if (this.#commands.length === 0 && this.#protocolError !== undefined && this.#session.wait === undefined) {
      this.#leave(error(`ERR Protocol error: ${this.#protocolError}`));
    }
    this.#socket.uncork();
    if (this.#isToPause()) this.#socket.pause();
    else this.#socket.resume();
  }

  #isHeldUp(): boolean {
    const { isLeaving, wait } = this.#session;
    return isLeaving || wait !== undefined || this.#hasMuchUnread();
  }

  #hasMuchUnread(): boolean {
    return this.#socket.writableLength > ENOUGH_UNREAD_BYTES;
  }

  /** One who waits is read on, as far as that goes: else nobody would notice that he has left. */
  #isToPause(): boolean {
    return this.#hasMuchUnread() || this.#commands.length > MAX_WAITING_COMMANDS;
  }

  /** Whatever goes wrong in one command ends its connection, never the process that others use too. */
  #answer(words: readonly string[]): void {
    try {
      if (isHttp(words)) {
        this.destroy();
        return;
      }
      this.#session.send(execute(words, this.#session, this.#state, this.#nowMs()));
      this.#state.waitingRoom.serve();
    } catch (cause) {
      this.#leave(error(`ERR internal error: ${cause instanceof Error ? cause.message : String(cause)}`));
    }
    if (this.#session.isLeaving) this.#socket.end();
  }

  #leave(farewell: Reply): void {
    if (this.#session.isLeaving) return;
    this.#session.isLeaving = true;
    this.#session.send(farewell);
    this.#socket.end();
  }

  #write(reply: Reply, protocol: ProtocolVersion): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#socket.write(Buffer.from(encodeReply(reply, protocol), 'latin1'));
    if (reply.kind === 'push' && this.#socket.writableLength > MAX_UNREAD_BYTES) this.destroy();
  }

  #forget(): void {
    this.#session.unwatchAll();
    this.#state.waitingRoom.leave(this.#session);
    this.#state.sessions.delete(this.#session);
  }
}

/** A web page that a browser was tricked into posting here: Redis hangs up without a word, and so do we. */
function isHttp(words: readonly string[]): boolean {
  const first = (words[0] ?? '').toLowerCase();
  return first === 'post' || first === 'host:';
}
