import type { Redis } from 'ioredis';
import { TracecourtError } from '../errors.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { ProbeRequest, ServerIdentity, StoreObservation } from '../model/index.js';
import { readEntry, UnreadableEntry } from './redis-entry.js';
import { NoAnswer, RedisLink } from './redis-link.js';
import type { StoreProbe } from './store-probe.js';
import { withoutTracing } from './without-tracing.js';

const DEFAULT_TIMEOUT_MS = 2000;
const DEFAULT_PORT = '6379';

/** The name that Tracecourt's own server gives itself in INFO. */
const EMBEDDED_NAME = 'tracecourt-embedded';

export interface RedisProbeOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly clock?: Clock;
  /** The longest that one call takes, connecting included. Default 2000. */
  readonly timeoutMs?: number;
}

/**
 * Reads keys of a Redis. A key that is not there gives no records; a value that is too big or of a type that cannot be read
 * gives `unreachable` with the reason, since nothing can be concluded from it.
 *
 * Connects at the first call. Throws TracecourtError `invalid-config` for a URL that is none and `package-missing` (at the
 * first call) when ioredis is not installed.
 */
export function createRedisProbe(options: RedisProbeOptions): StoreProbe {
  return new RedisProbe(options);
}

class RedisProbe implements StoreProbe {
  readonly store = 'redis';
  readonly address: string;
  readonly #link: RedisLink;
  readonly #clock: Clock;
  /** Who answers on each connection: behind the same address, another server may answer on the next one. */
  readonly #identities = new WeakMap<Redis, ServerIdentity>();

  constructor({ url, clock = systemClock, timeoutMs = DEFAULT_TIMEOUT_MS }: RedisProbeOptions) {
    this.address = addressOf(url);
    this.#clock = clock;
    this.#link = new RedisLink({ url, address: this.address, timeoutMs });
  }

  async identify(): Promise<ServerIdentity> {
    try {
      return await withoutTracing(() => this.#link.use((redis) => this.#identityOf(redis)));
    } catch (cause) {
      if (cause instanceof TracecourtError) throw cause;
      throw new TracecourtError('store-unavailable', `Redis at ${this.address} cannot be read: ${reasonOf(cause)}.`, {
        nextStep: 'Start Redis there, or correct its URL.',
        cause,
      });
    }
  }

  async observe({ effect, query }: ProbeRequest): Promise<StoreObservation> {
    if (query.store !== 'redis') {
      throw new TracecourtError('defect', `The Redis probe was asked to read ${query.store} for the effect ${effect}.`);
    }
    try {
      const { entry, server } = await withoutTracing(() => this.#read(query.key));
      const records = entry === undefined ? [] : [entry];
      return { status: 'read', effect, query, server, records, observedAtUnixNano: this.#clock.now() };
    } catch (cause) {
      if (cause instanceof TracecourtError) throw cause;
      const seen = { address: this.address, reason: reasonOf(cause), observedAtUnixNano: this.#clock.now() };
      return { status: 'unreachable', effect, query, ...seen };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
  }

  #read(key: string) {
    return this.#link.use(async (redis) => {
      const server = await this.#identityOf(redis);
      return { server, entry: await readEntry(redis, key) };
    });
  }

  async #identityOf(redis: Redis): Promise<ServerIdentity> {
    const known = this.#identities.get(redis);
    if (known !== undefined) return known;
    const identity = identityFrom(await redis.info('server'), this.address);
    this.#identities.set(redis, identity);
    return identity;
  }
}

function identityFrom(info: string, address: string): ServerIdentity {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const product = field('server_name') === EMBEDDED_NAME ? 'embedded' : 'redis';
  return { store: 'redis', address, product, version: field('redis_version') ?? 'unknown' };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof NoAnswer || cause instanceof UnreadableEntry) return cause.message;
  return `the read failed: ${cause instanceof Error ? cause.message : String(cause)}`;
}

/** Host, port and database; user and password are left out, because addresses are printed. */
function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new TracecourtError('invalid-config', 'The URL of Redis is not of the form redis://host:port.', {
      nextStep: 'Write it like redis://127.0.0.1:6379, with /N at the end for database N.',
    });
  }
  const database = /^\/\d+$/.test(parsed.pathname) ? parsed.pathname : '';
  return `${parsed.hostname}:${parsed.port || DEFAULT_PORT}${database}`;
}
