import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { TracecourtError } from '../errors.js';

/** A server that does not end its side is left after this time. */
const CLOSE_TIMEOUT_MS = 200;

/** Why no answer came: what was tried and seen, one sentence. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface RedisLinkOptions {
  readonly url: string;
  /** Host and port, as said in reasons; never a password. */
  readonly address: string;
  readonly timeoutMs: number;
}

/**
 * One connection that is made when it is needed and never remade by itself: each use after a failure tries once. Uses MUST NOT
 * follow `close`.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  #client: Promise<Redis> | undefined;
  /** Every client made and not yet given up, so that `close` reaches one that is still connecting. */
  readonly #open = new Set<Redis>();
  #isClosed = false;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
  }

  /** Does the work with a ready client. Throws NoAnswer when there is none, it breaks, or the time is up. */
  async use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const task = this.#ready().then(work);
    const result = await within(task, this.#options.timeoutMs);
    if (result !== 'late') return result.value;
    const stage = this.#stage();
    void this.#giveUp();
    task.catch(() => undefined);
    throw new NoAnswer(`${this.#options.address} did not answer within ${this.#options.timeoutMs} ms: ${stage}`);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#giveUp();
  }

  /** The connection at hand, or a new one; uses at the same time share it. */
  #ready(): Promise<Redis> {
    if (this.#client !== undefined) return this.#client;
    const client = this.#connect(() => this.#forget(client));
    client.catch(() => this.#forget(client));
    this.#client = client;
    return client;
  }

  #forget(client: Promise<Redis>): void {
    if (this.#client === client) this.#client = undefined;
  }

  async #connect(onEnd: () => void): Promise<Redis> {
    const Client = await loadClient();
    if (this.#isClosed) throw new NoAnswer(`the connection to ${this.#options.address} was closed`);
    const { url, timeoutMs } = this.#options;
    const redis = new Client(url, {
      lazyConnect: true,
      protocol: 2,
      connectTimeout: timeoutMs,
      disconnectTimeout: CLOSE_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      disableClientInfo: true,
      retryStrategy: () => null,
    });
    this.#open.add(redis);
    let lastError: Error | undefined;
    redis.on('error', (cause: Error) => {
      lastError = cause;
    });
    redis.once('end', () => {
      this.#open.delete(redis);
      onEnd();
    });
    try {
      await redis.connect();
      return redis;
    } catch (cause) {
      redis.disconnect();
      throw this.#connectFailure(lastError ?? cause);
    }
  }

  #connectFailure(cause: unknown): NoAnswer {
    return new NoAnswer(`${this.#options.address} ${failureSentence(cause)}`, { cause });
  }

  /** How far the connection came, for the reason of a failure. */
  #stage(): string {
    const statuses = Array.from(this.#open, ({ status }) => status);
    if (statuses.includes('ready')) return 'it accepted the connection, but a reply is missing';
    if (statuses.includes('connect')) return 'it accepted the connection, but does not speak';
    return 'the connection was not made';
  }

  async #giveUp(): Promise<void> {
    this.#client = undefined;
    await Promise.all(Array.from(this.#open, end));
  }
}

async function end(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  const ended = once(redis, 'end');
  redis.disconnect();
  await within(ended, 2 * CLOSE_TIMEOUT_MS);
}

/** What a failed connection looks like from the outside, told from the error that the client gives. */
function failureSentence(cause: unknown): string {
  const message = (cause instanceof Error ? cause.message : String(cause)).replace(/(\. Please report this)?\.$/, '');
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'refused the connection: nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `is no known host (${code})`;
  if (code === 'ETIMEDOUT') return 'did not accept the connection in time';
  if (/^(WRONGPASS|NOAUTH|NOPERM)|invalid password/.test(message)) return `refused the credentials: ${message}`;
  if (/protocol|unexpected|unknown.*type|parse/i.test(message)) return `does not speak the Redis protocol: ${message}`;
  if (message === 'Connection is closed') return 'closed the connection without an answer';
  return `failed: ${message}`;
}

async function loadClient(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause;
    throw new TracecourtError('package-missing', 'Reading Redis needs the package ioredis, which is not installed.', {
      nextStep: 'Run: npm install ioredis@6',
      cause,
    });
  }
}

async function within<T>(task: Promise<T>, timeoutMs: number): Promise<{ readonly value: T } | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  try {
    return await Promise.race([task.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
