import type { Socket } from 'node:net';
import { type BoltRequest, failure, toRequest } from './bolt-messages.js';
import { BoltSession, type Send, type SessionSettings } from './bolt-session.js';
import type { BoltStructure } from './bolt-value.js';
import { ChunkJoiner, MessageTooLong, toChunks } from './chunks.js';
import { BoltFailure } from './failure.js';
import { shakeHands } from './handshake.js';
import { decodePackStream } from './packstream-decode.js';
import { encodePackStream } from './packstream-encode.js';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** A client that pipelines more than this has to wait. */
const MAX_QUEUED = 256;
/** Above it, what the client has to read is sent, and read, before more is made. */
const MOST_HELD_BYTES = 16 * 1024;
/** For the handshake and the logon together. */
const LOGON_TIMEOUT_MS = 10_000;

export type ConnectionSettings = Omit<SessionSettings, 'version'>;

/** Serves one socket until either side is done with it. Bytes that are no Bolt end the connection, and nothing else. */
export function serveConnection(socket: Socket, settings: ConnectionSettings): void {
  new BoltConnection(socket, settings);
}

class BoltConnection {
  readonly #socket: Socket;
  readonly #settings: ConnectionSettings;
  readonly #joiner = new ChunkJoiner(MAX_MESSAGE_BYTES);
  readonly #queue: BoltRequest[] = [];
  readonly #logonTimer: NodeJS.Timeout;
  #greeting: Buffer | undefined = Buffer.alloc(0);
  #session: BoltSession | undefined;
  #resetsAhead = 0;
  #isWorking = false;
  #isHangingUp = false;
  /** What is to leave in one piece. */
  #replies: Buffer[] = [];
  #heldBytes = 0;

  constructor(socket: Socket, settings: ConnectionSettings) {
    this.#socket = socket;
    this.#settings = settings;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
    this.#logonTimer = setTimeout(() => this.#endUnlessLoggedOn(), LOGON_TIMEOUT_MS).unref();
  }

  #receive(bytes: Buffer): void {
    if (this.#isHangingUp) return;
    try {
      if (this.#greeting) this.#greet(Buffer.concat([this.#greeting, bytes]));
      else this.#enqueue(bytes);
    } catch (error) {
      if (error instanceof MessageTooLong && !this.#isWorking) this.#hangUp(error);
      else this.#socket.destroy();
    }
  }

  /** Says why, and then takes no notice of what the client still sends: a reset could overtake the answer. */
  #hangUp({ message }: MessageTooLong): void {
    this.#isHangingUp = true;
    const refusal = failure(new BoltFailure('Neo.ClientError.Request.Invalid', message));
    this.#socket.end(toChunks(encodePackStream(refusal)));
  }

  #greet(bytes: Buffer): void {
    const handshake = shakeHands(bytes);
    if (handshake.kind === 'incomplete') {
      this.#greeting = bytes;
    } else if (handshake.kind === 'refused') {
      this.#socket.end(handshake.reply ?? '');
    } else {
      this.#greeting = undefined;
      this.#session = new BoltSession({ ...this.#settings, version: handshake.version }, this.#send);
      this.#socket.write(handshake.reply);
      this.#enqueue(handshake.rest);
    }
  }

  #enqueue(bytes: Buffer): void {
    for (const message of this.#joiner.add(bytes)) {
      const request = toRequest(decodePackStream(message));
      if (!request) throw new RangeError('No request of Bolt 5.');
      this.#queue.push(request);
      if (request.name === 'RESET') this.#interrupt();
    }
    if (this.#queue.length > MAX_QUEUED) this.#socket.pause();
    if (!this.#isWorking) void this.#work();
  }

  /** A RESET overtakes: what waits is ended, and what stands before it is ignored. */
  #interrupt(): void {
    this.#resetsAhead++;
    if (this.#isWorking) this.#session?.interrupt();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      for (let request = this.#queue.shift(); request; request = this.#queue.shift()) await this.#serve(request);
    } catch {
      this.#socket.destroy();
    } finally {
      this.#isWorking = false;
      this.#letGo();
      if (this.#socket.isPaused()) this.#socket.resume();
      if (this.#socket.destroyed) await this.#session?.end();
    }
  }

  async #serve(request: BoltRequest): Promise<void> {
    const session = this.#session;
    if (!session || session.isOver || this.#socket.destroyed) return;
    if (request.name === 'RESET') this.#resetsAhead--;
    else if (this.#resetsAhead > 0) return session.ignore();
    await session.handle(request);
    if (!session.isOver) return;
    this.#letGo();
    this.#socket.end();
  }

  readonly #send: Send = async (reply: BoltStructure) => {
    if (this.#socket.destroyed) throw new Error('The client is gone.');
    if (this.#holdBack(toChunks(encodePackStream(reply))) || this.#letGo()) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
  };

  /**
   * What is sent in one turn of the event loop leaves in one piece, and with it what answers the requests that came together: who
   * sent more behind waits for that. False when there is enough for one.
   */
  #holdBack(reply: Buffer): boolean {
    if (this.#replies.length === 0) setImmediate(() => this.#queue.length > 0 || this.#letGo());
    this.#replies.push(reply);
    this.#heldBytes += reply.length;
    return this.#heldBytes + this.#socket.writableLength < MOST_HELD_BYTES;
  }

  /** False when the client is slow to read. */
  #letGo(): boolean {
    const [first, ...more] = this.#replies;
    if (first === undefined || this.#socket.destroyed) return true;
    this.#replies = [];
    this.#heldBytes = 0;
    return this.#socket.write(more.length === 0 ? first : Buffer.concat([first, ...more]));
  }

  #endUnlessLoggedOn(): void {
    if (!this.#session?.isLoggedOn) this.#socket.destroy();
  }

  /** While a request is being served, its end is the moment to roll back. */
  #close(): void {
    clearTimeout(this.#logonTimer);
    this.#session?.interrupt();
    if (!this.#isWorking) void this.#session?.end();
  }
}
