import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import type { BatteryTarget, Differs } from '../battery.js';
import { connectRaw, type RawRedis } from './raw-redis.js';

/** A server of one kind, and the way to get more of it. */
export interface RedisUnderTest {
  readonly server: BatteryTarget['server'];
  readonly url: () => string;
  /** Another one, with a password; and with the user `alice` of RESTRICTED_USER, if it has users. */
  readonly startLocked: () => Promise<LockedRedis>;
}

export interface LockedRedis extends AsyncDisposable {
  readonly url: string;
}

/** The password of a locked server. */
export const PASSWORD = 'open sesame';

/** A user who may read keys that begin with `cached:`, and nothing else. */
export const RESTRICTED_USER = { name: 'alice', password: 'wonder', rules: ['~cached:*', '+@read'] } as const;

/** How a row may ask for its connections; replies come as they always did. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** What a row needs to work with. */
export interface Bench {
  readonly protocol: 2 | 3;
  readonly url: () => string;
  /** A new connection of an unmodified ioredis, ended after the row. */
  readonly client: (options?: ClientOptions) => Redis;
  /** A new connection for bytes of one's own, in this protocol; ended after the row. */
  readonly raw: () => Promise<RawRedis>;
  /** What the keys of a row begin with; what does is removed after it. */
  readonly keyPrefix: () => string;
  readonly startLocked: RedisUnderTest['startLocked'];
  readonly differs: Differs;
}

/** Everything that rows open and write on one server, to be cleared after each. */
export class Workshop {
  readonly #url: () => string;
  readonly #prefix = `tracecourt-battery:${randomUUID()}:`;
  readonly #open: { disconnect(): void }[] = [];
  #count = 0;

  constructor(url: () => string) {
    this.#url = url;
  }

  readonly client = (options: ClientOptions = {}): Redis => this.#keep(new Redis(this.#url(), options));

  readonly raw = async (protocol: 2 | 3): Promise<RawRedis> => this.#keep(await connectRaw(this.#url(), protocol));

  readonly keyPrefix = (): string => `${this.#prefix}${++this.#count}:`;

  async clear(): Promise<void> {
    const redis = this.client();
    for await (const keys of redis.scanStream({ match: `${this.#prefix}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
    for (const connection of this.#open.splice(0)) connection.disconnect();
  }

  #keep<T extends { disconnect(): void }>(connection: T): T {
    this.#open.push(connection);
    return connection;
  }
}
