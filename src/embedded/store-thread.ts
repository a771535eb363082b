import { Worker } from 'node:worker_threads';
import { TracecourtError } from '../errors.js';
import type { StoreName } from '../model/index.js';
import type { EmbeddedServer, EmbeddedServerOptions } from './embedded-server.js';
import { type StoreAnswer, type StoreOrder, unpackError } from './thread-messages.js';

/**
 * A thread for embedded stores: what they are busy with never keeps the caller's own thread, and the other way round.
 *
 * Keeps the process alive until it is disposed. Disposing ends what still runs in it, busy or not.
 */
export interface StoreThread extends AsyncDisposable {
  /**
   * Starts a server in it. Throws what the server's own start throws: TracecourtError `port-in-use`, `package-missing`. Once the
   * thread is lost: TracecourtError `store-unavailable`.
   */
  start(store: StoreName, options?: EmbeddedServerOptions): Promise<EmbeddedServer>;
}

export interface StoreThreadOptions {
  /** Hears, once, that the thread has ended unasked. Its servers are gone then, and their connections are cut. */
  readonly onLost: (error: TracecourtError) => void;
}

const PROGRAM = new URL('./thread-program.js', import.meta.url);

/** Starts the thread; the first store is a message away. */
export function openStoreThread({ onLost }: StoreThreadOptions): StoreThread {
  return new WorkerThread(new Worker(PROGRAM, { name: 'stores' }), onLost);
}

interface Asker {
  readonly resolve: (answer: StoreAnswer) => void;
  readonly reject: (error: Error) => void;
}

class WorkerThread implements StoreThread {
  readonly #worker: Worker;
  readonly #onLost: (error: TracecourtError) => void;
  readonly #askers = new Map<number, Asker>();
  #lastId = 0;
  #end: Promise<void> | undefined;
  #loss: TracecourtError | undefined;

  constructor(worker: Worker, onLost: (error: TracecourtError) => void) {
    this.#worker = worker;
    this.#onLost = onLost;
    worker.on('message', (answer: StoreAnswer) => this.#hear(answer));
    worker.on('error', (cause) => this.#lose(cause));
    worker.on('exit', () => this.#lose(undefined));
  }

  async start(store: StoreName, { port = 0 }: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
    const id = ++this.#lastId;
    const answer = await this.#ask({ kind: 'start', id, store, port });
    if (answer.kind !== 'started') throw new TracecourtError('defect', `A store was started and is ${answer.kind}.`);
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= this.#stop(id));
    return { url: answer.url, port: answer.port, [Symbol.asyncDispose]: stop };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end ??= this.#worker.terminate().then(() => undefined);
    await this.#end;
  }

  /** A server whose thread is gone is stopped. */
  async #stop(id: number): Promise<void> {
    if (this.#end === undefined && !this.#loss) await this.#ask({ kind: 'stop', id });
  }

  #ask(order: StoreOrder): Promise<StoreAnswer> {
    const loss = this.#end !== undefined ? lost('it was told to') : this.#loss;
    if (loss) return Promise.reject(loss);
    return new Promise((resolve, reject) => {
      this.#askers.set(order.id, { resolve, reject });
      this.#worker.postMessage(order);
    });
  }

  #hear(answer: StoreAnswer): void {
    const asker = this.#askers.get(answer.id);
    this.#askers.delete(answer.id);
    if (answer.kind === 'failed') asker?.reject(unpackError(answer.error));
    else asker?.resolve(answer);
  }

  /** After an error there is an exit, too. */
  #lose(cause: unknown): void {
    if (this.#loss) return;
    const why = cause instanceof Error ? cause.message : 'it gave no reason';
    this.#loss = lost(this.#end !== undefined ? 'it was told to' : why, cause);
    for (const { reject } of this.#askers.values()) reject(this.#loss);
    this.#askers.clear();
    if (this.#end === undefined) this.#onLost(this.#loss);
  }
}

function lost(why: string, cause?: unknown): TracecourtError {
  return new TracecourtError('store-unavailable', `The embedded stores are gone: their thread has ended: ${why}.`, {
    nextStep: 'Run it again; if it comes back, please report it with this message.',
    cause,
  });
}
