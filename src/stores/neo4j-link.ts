import type { Config, Driver, Record as DriverRecord } from 'neo4j-driver';
import { TracecourtError } from '../errors.js';
import { within } from '../lib/within.js';
import { lookAtAddress } from './look-at-address.js';
import type { Place } from './meeting.js';
import { explainNeo4jFailure, type Neo4jFailure } from './neo4j-failures.js';
import { neo4jPlace, noUrl } from './neo4j-place.js';
import { StoreFailed } from './store-failed.js';
import { withoutTracing } from './without-tracing.js';

export interface Neo4jLinkOptions {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** For one question, connecting included. */
  readonly timeoutMs: number;
}

/** What a question comes to. */
export type Neo4jAnswer =
  | { readonly kind: 'answered'; readonly records: readonly DriverRecord[]; readonly agent: string }
  | Exclude<Neo4jFailure, { readonly kind: 'cut-off' }>;

type Question = (driver: Driver) => Promise<Neo4jAnswer>;

/**
 * A driver that is made when it is needed, after a look at who is there. Questions at the same time share both; a driver that
 * hangs, or whose connection was cut off, is given up for all of them, and each is asked once more of the next.
 */
export class Neo4jLink {
  readonly address: string;
  readonly #place: Place;
  readonly #options: Neo4jLinkOptions;
  #opened: Promise<SharedDriver> | undefined;

  /** Throws TracecourtError `invalid-config` for a URL that is none. */
  constructor(options: Neo4jLinkOptions) {
    this.#options = options;
    this.#place = neo4jPlace(options.url);
    this.address = this.#place.address;
  }

  /** What the question gives, within the limit. Throws TracecourtError `package-missing`, and `invalid-config` for a URL that the driver does not take. */
  async ask(question: Question): Promise<Neo4jAnswer> {
    // The server has no part in how long that takes.
    if (!this.#opened) await loadDriver();
    let asked: Promise<SharedDriver> | undefined;
    const askNow = () => {
      asked = this.#open();
      return this.#askOf(asked, question);
    };
    const { timeoutMs } = this.#options;
    const asking = withoutTracing(() => askTwice(askNow));
    const answer = await within(asking, timeoutMs);
    if (answer !== 'late') return answer.value;
    const saw = `gives no answer within ${timeoutMs} ms`;
    if (asked) this.#giveUp(asked, new Error(`it ${saw}`));
    return { kind: 'failed', failure: { kind: 'silent', address: this.address, saw, nextStep: 'Look into its log.' } };
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    const closing = opened.then((shared) => shared.driver.close()).catch(() => undefined);
    await within(closing, this.#options.timeoutMs);
  }

  async #askOf(opened: Promise<SharedDriver>, question: Question): Promise<Neo4jAnswer | Neo4jFailure> {
    try {
      return await (await opened).ask(question);
    } catch (error) {
      if (error instanceof TracecourtError) throw error;
      if (error instanceof StoreFailed) return { kind: 'failed', failure: error.failure };
      const { user, database } = this.#options;
      const explained = explainNeo4jFailure(error, { address: this.address, user, database });
      if (explained.kind === 'cut-off') this.#giveUp(opened, error);
      return explained;
    }
  }

  #open(): Promise<SharedDriver> {
    if (this.#opened) return this.#opened;
    const opened = this.#connect();
    opened.catch(() => this.#forget(opened));
    this.#opened = opened;
    return opened;
  }

  async #connect(): Promise<SharedDriver> {
    const { url, user, password, timeoutMs } = this.#options;
    const [neo4j, look] = await Promise.all([loadDriver(), lookAtAddress(this.#place, timeoutMs)]);
    if (look.status === 'not-there') throw new StoreFailed(look.failure);
    const auth = password === undefined ? undefined : neo4j.auth.basic(user ?? 'neo4j', password);
    const limits: Config = {
      connectionTimeout: timeoutMs,
      connectionAcquisitionTimeout: timeoutMs,
      maxTransactionRetryTime: 0,
      maxConnectionPoolSize: 8,
      telemetryDisabled: true,
      useBigInt: true,
    };
    return new SharedDriver(driverFor(url, () => neo4j.driver(url, auth, limits)));
  }

  #giveUp(opened: Promise<SharedDriver>, cause: unknown): void {
    this.#forget(opened);
    opened.then((shared) => shared.end(cause)).catch(() => undefined);
  }

  #forget(opened: Promise<SharedDriver>): void {
    if (this.#opened === opened) this.#opened = undefined;
  }
}

/** A driver, and all who wait for an answer of it: one that is closed leaves those waiting that have no connection yet. */
class SharedDriver {
  readonly driver: Driver;
  readonly #waiting = new Set<(cause: unknown) => void>();

  constructor(driver: Driver) {
    this.driver = driver;
  }

  ask(question: Question): Promise<Neo4jAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      question(this.driver)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  end(cause: unknown): void {
    for (const reject of this.#waiting) reject(cause);
    this.driver.close().catch(() => undefined);
  }
}

/** A connection that was cut off may be an old one. */
async function askTwice(ask: () => Promise<Neo4jAnswer | Neo4jFailure>): Promise<Neo4jAnswer> {
  const first = await ask();
  const second = first.kind === 'cut-off' ? await ask() : first;
  return second.kind === 'cut-off' ? { ...second, kind: 'failed' } : second;
}

function driverFor(url: string, create: () => Driver): Driver {
  try {
    return create();
  } catch (cause) {
    throw noUrl(url, cause);
  }
}

/** Throws TracecourtError `package-missing`. */
export async function loadDriver(): Promise<Pick<typeof import('neo4j-driver'), 'driver' | 'auth'>> {
  try {
    return (await import('neo4j-driver')).default;
  } catch (cause) {
    throw new TracecourtError(
      'package-missing',
      'Reading Neo4j needs the package neo4j-driver, which is not installed.',
      { nextStep: 'Install it with `npm install neo4j-driver`.', cause },
    );
  }
}
