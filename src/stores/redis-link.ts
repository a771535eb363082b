import type { Redis } from 'ioredis';
import { TracecourtError } from '../errors.js';
import { oncePer } from '../lib/once-per.js';
import { within } from '../lib/within.js';
import { lookAtAddress } from './look-at-address.js';
import { UnreadableEntry } from './redis-entry.js';
import { isRefusal } from './redis-failures.js';
import type { RedisPlace } from './redis-place.js';
import { StoreFailed } from './store-failed.js';

/** A server that does not end its side is left after this time. */
const CLOSE_TIMEOUT_MS = 200;

export interface RedisLinkOptions {
  readonly place: RedisPlace;
  readonly timeoutMs: number;
}

/**
 * One connection that is made when it is needed, after a look at who is there, and never remade by itself. Uses MUST NOT
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

  /** Does the work with a ready client. Throws StoreFailed when the time is up, and what the client throws. */
  async use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.#client) await loadRedisClient();
    const result = await within(this.#useTwice(work), this.#options.timeoutMs);
    if (result !== 'late') return result.value;
    void this.#giveUp();
    const saw = `gives no answer within ${this.#options.timeoutMs} ms`;
    const { address } = this.#options.place;
    throw new StoreFailed({ kind: 'silent', address, saw, nextStep: 'Look into its log.' });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#giveUp();
  }

  /** A connection that broke may have been an old one: the next is made afresh. */
  async #useTwice<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#ready());
    } catch (error) {
      if (isRefusal(error) || error instanceof StoreFailed || error instanceof UnreadableEntry) throw error;
      if (error instanceof TracecourtError || this.#isClosed) throw error;
      this.#client = undefined;
      return await work(await this.#ready());
    }
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
    const { place, timeoutMs } = this.#options;
    const [Client, look] = await Promise.all([loadRedisClient(), lookAtAddress(place, timeoutMs)]);
    if (look.status === 'not-there') throw new StoreFailed(look.failure);
    if (this.#isClosed) throw new Error('this side closed the connection');
    const redis = new Client(place.clientUrl, {
      lazyConnect: true,
      protocol: 2,
      connectTimeout: timeoutMs,
      disconnectTimeout: CLOSE_TIMEOUT_MS,
      enableOfflineQueue: false,
      // Questions about several keys at once leave in one piece.
      enableAutoPipelining: true,
      maxRetriesPerRequest: 0,
      disableClientInfo: true,
      retryStrategy: () => null,
    });
    needNoPassword(redis);
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
      // The client itself would go on with database 0 if there is no other.
      if (place.database !== 0) await redis.select(place.database);
      return redis;
    } catch (cause) {
      redis.disconnect();
      throw isRefusal(cause) ? cause : (lastError ?? cause);
    }
  }

  async #giveUp(): Promise<void> {
    this.#client = undefined;
    await Promise.all(Array.from(this.#open, end));
  }
}

/** A server without a password takes everybody; of one that was offered the client would write a warning of its own to standard error. */
function needNoPassword(redis: Redis): void {
  const authenticate = redis.auth.bind(redis) as (...given: readonly unknown[]) => Promise<'OK'>;
  Object.assign(redis, {
    auth: async (...given: readonly unknown[]) => {
      try {
        return await authenticate(...given);
      } catch (error) {
        if (error instanceof Error && NEEDS_NONE.test(error.message)) return 'OK';
        throw error;
      }
    },
  });
}

const NEEDS_NONE = /no password is set|without any password configured/;

/** Once, however many give it up. What goes wrong on the way is nobody's any more: a client that is ended before it is ready tells of an error, and then ends. */
const end = oncePer(async (redis: Redis): Promise<void> => {
  if (redis.status === 'end') return;
  const ended = new Promise<void>((resolve) => {
    redis.once('end', () => resolve());
  });
  redis.disconnect();
  await within(ended, 2 * CLOSE_TIMEOUT_MS);
});

/** Throws TracecourtError `package-missing`. */
export async function loadRedisClient(): Promise<typeof Redis> {
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
