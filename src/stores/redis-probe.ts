import type { Redis } from 'ioredis';
import { TracecourtError } from '../errors.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { ProbeRequest, ServerIdentity, StoreObservation } from '../model/index.js';
import { readEntry } from './redis-entry.js';
import { explainRedisFailure } from './redis-failures.js';
import { loadRedisClient, RedisLink } from './redis-link.js';
import { redisPlace } from './redis-place.js';
import { unreachable } from './store-failed.js';
import type { Identification, StoreProbe } from './store-probe.js';
import { withoutTracing } from './without-tracing.js';

const DEFAULT_TIMEOUT_MS = 5_000;

/** The name that Tracecourt's own server gives itself in INFO. */
const EMBEDDED_NAME = 'tracecourt-embedded';

export interface RedisProbeOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly clock?: Clock;
  /** The longest that one call takes, connecting included. Default 5000. */
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
    const place = redisPlace(url);
    this.address = place.address;
    this.#clock = clock;
    this.#link = new RedisLink({ place, timeoutMs });
  }

  async load(): Promise<void> {
    await loadRedisClient();
  }

  async identify(): Promise<Identification> {
    try {
      const server = await withoutTracing(() => this.#link.use((redis) => this.#askIdentity(redis)));
      return { status: 'identified', server };
    } catch (cause) {
      if (cause instanceof TracecourtError) throw cause;
      return { status: 'unreachable', failure: explainRedisFailure(cause, this.address) };
    }
  }

  /** Each question reads what is there. */
  async watch(): Promise<undefined> {}

  async observe(request: ProbeRequest): Promise<StoreObservation> {
    const { effect, query } = request;
    if (query.store !== 'redis') {
      throw new TracecourtError('defect', `The Redis probe was asked to read ${query.store} for the effect ${effect}.`);
    }
    try {
      const { entry, server } = await withoutTracing(() => this.#read(query.key));
      const records = entry === undefined ? [] : [entry];
      return { status: 'read', effect, query, server, records, observedAtUnixNano: this.#clock.now() };
    } catch (cause) {
      if (cause instanceof TracecourtError) throw cause;
      return unreachable(request, explainRedisFailure(cause, this.address), this.#clock.now());
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
    return this.#identities.get(redis) ?? this.#askIdentity(redis);
  }

  async #askIdentity(redis: Redis): Promise<ServerIdentity> {
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
