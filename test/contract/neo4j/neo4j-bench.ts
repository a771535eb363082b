import { randomUUID } from 'node:crypto';
import neo4j, {
  type AuthToken,
  type Config,
  type Driver,
  type RecordShape,
  type Session,
  type SessionConfig,
} from 'neo4j-driver';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.js';
import type { BatteryTarget } from '../battery.js';

/** Where the server under test is, and who may enter. */
export interface Neo4jUnderTest {
  readonly server: BatteryTarget['server'];
  /** Asked for before the first test, so that a server MAY be started in a hook. */
  readonly url: () => string;
  readonly user: string;
  readonly password: string;
}

/** What a driver said of a failure. */
export interface Failure {
  readonly code: string;
  /** True when the driver would try again what a managed transaction does. */
  readonly isRetriable: boolean;
}

export interface OtherDriver {
  readonly url?: string;
  readonly auth?: AuthToken;
  readonly config?: Config;
}

/**
 * What the rows work with: a driver of one server, and whatever else they open, closed after each row. Nodes carry the
 * run's own id, so that the server may hold other things.
 */
export class Neo4jBench {
  readonly run: string = randomUUID();
  readonly #target: Neo4jUnderTest;
  readonly #opened: AsyncDisposable[] = [];
  #driver: Driver | undefined;
  #names = 0;

  constructor(target: Neo4jUnderTest) {
    this.#target = target;
  }

  get url(): string {
    return this.#target.url();
  }

  get auth(): AuthToken {
    return neo4j.auth.basic(this.#target.user, this.#target.password);
  }

  get driver(): Driver {
    this.#driver ??= neo4j.driver(this.url, this.auth, { maxTransactionRetryTime: 15_000 });
    return this.#driver;
  }

  session(config?: SessionConfig): Session {
    return this.#keep(this.driver.session(config));
  }

  otherDriver({ url = this.url, auth = this.auth, config }: OtherDriver = {}): Driver {
    return this.#keep(neo4j.driver(url, auth, config));
  }

  /** A way to the server that can be broken, and a driver that goes it. */
  async brokenWay(config?: Config): Promise<{ readonly proxy: TcpProxy; readonly driver: Driver }> {
    const { hostname, port } = new URL(this.url);
    const proxy = this.#keep(await startTcpProxy({ host: hostname, port: Number(port) }));
    return {
      proxy,
      driver: this.otherDriver({ url: `bolt://127.0.0.1:${proxy.port}`, ...(config ? { config } : {}) }),
    };
  }

  /** A name that nobody else on this server has, for a label, a constraint or an index. */
  unique(name: string): string {
    return `${name}${++this.#names}_${this.run.replaceAll('-', '')}`;
  }

  /** The rows of a statement, as objects; `$run` is there for it. */
  async rows(text: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<readonly RecordShape[]> {
    const { records } = await this.session().run(text, { run: this.run, ...parameters });
    return records.map((record) => record.toObject());
  }

  /** Nodes of this run with that label. */
  async count(label: string): Promise<number> {
    const [row] = await this.rows(`MATCH (n:${label} {run: $run}) RETURN count(n) AS n`);
    return row?.['n'].toNumber();
  }

  async clear(): Promise<void> {
    for (const thing of this.#opened.splice(0)) await thing[Symbol.asyncDispose]();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.driver.executeQuery('MATCH (n {run: $run}) DETACH DELETE n', { run: this.run });
    await this.driver.close();
  }

  #keep<T extends AsyncDisposable>(thing: T): T {
    this.#opened.unshift(thing);
    return thing;
  }
}

/** Undefined when the work succeeded. */
export async function failureOf(work: PromiseLike<unknown>): Promise<Failure | undefined> {
  try {
    await work;
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return { code: code ?? String(error), isRetriable: neo4j.isRetryableError(error) };
  }
  return undefined;
}

export async function codeOf(work: PromiseLike<unknown>): Promise<string> {
  return (await failureOf(work))?.code ?? 'no error';
}

/** What a row is told of a failure, or of a value: an embedded server that refuses answers with its code. */
export async function seen(work: Promise<unknown>): Promise<unknown> {
  return work.then(plain, (error: { readonly code: string }) => error.code);
}

/** Keeps integers and floats apart, an integer is `{ int }`, and names what is of a class of the driver. */
export function plain(value: unknown): unknown {
  if (neo4j.isInt(value)) return { int: value.toString() };
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value))
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex') };
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return `${value.constructor.name} ${String(value)}`;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** As many sessions at the same time, each with its own work. */
export async function inParallel(
  bench: Neo4jBench,
  sessions: number,
  work: (own: Session, i: number) => Promise<void>,
): Promise<void> {
  await Promise.all(Array.from({ length: sessions }, (_, i) => work(bench.session(), i)));
}
