import { timingSafeEqual } from 'node:crypto';
import { EMBEDDED_PRODUCT } from '../embedded-server.js';
import { type BoltRequest, failure, IGNORED, mapField, record, success, successOf } from './bolt-messages.js';
import { admit, type BoltState, stateAfter } from './bolt-state.js';
import { type BoltMap, type BoltStructure, type BoltValue, boltMap } from './bolt-value.js';
import type { Bookmarks } from './bookmarks.js';
import { BoltFailure, toFailure } from './failure.js';
import { GraphTransaction, type SharedGraph } from './graph-transaction.js';
import type { BoltVersion } from './handshake.js';
import type { RowStream } from './row-stream.js';

/** Drivers refuse a server whose name does not start with `Neo4j/`; the rest says who it really is. */
export const SERVER_AGENT = `Neo4j/5.0.0 (${EMBEDDED_PRODUCT})`;

export interface SessionSettings {
  readonly graph: SharedGraph;
  readonly bookmarks: Bookmarks;
  readonly version: BoltVersion;
  readonly connectionId: string;
  /** `127.0.0.1:PORT`, for clients that ask for a routing table. */
  readonly address: string;
  /** Undefined: anybody may come in. */
  readonly password: string | undefined;
}

/** Sends one reply, and waits while the client is slow to read. */
export type Send = (reply: BoltStructure) => Promise<void>;

/** One connection's talk: requests in, replies out. Knows no socket. */
export class BoltSession {
  readonly #settings: SessionSettings;
  readonly #send: Send;
  #state: BoltState = 'connected';
  #transaction: GraphTransaction | undefined;
  #streams = new Map<bigint, RowStream>();
  #lastStream = -1n;

  constructor(settings: SessionSettings, send: Send) {
    this.#settings = settings;
    this.#send = send;
  }

  get isOver(): boolean {
    return this.#state === 'defunct';
  }

  get isLoggedOn(): boolean {
    return this.#state !== 'connected' && this.#state !== 'authentication';
  }

  /** Ends a wait for the write lock. */
  interrupt(): void {
    this.#transaction?.interrupt();
  }

  /** Answers that a request was not looked at, since a RESET is already behind it. */
  async ignore(): Promise<void> {
    await this.#send(IGNORED);
  }

  /** Performs one request and sends its replies. MUST NOT be called again before it is done. */
  async handle(request: BoltRequest): Promise<void> {
    const admission = admit(this.#state, request.name);
    if (admission === 'ignore') return this.#send(IGNORED);
    if (admission === 'breach') return this.#breach(request);
    const ok = await this.#attempt(request);
    const separateLogon = this.#settings.version.minor >= 1;
    this.#state = stateAfter(this.#state, request.name, { ok, openStreams: this.#streams.size, separateLogon });
  }

  /** Rolls back what is open. The client is gone or said good-bye. */
  async end(): Promise<void> {
    this.#state = 'defunct';
    await this.#forget();
  }

  async #breach({ name }: BoltRequest): Promise<void> {
    const message = `Message ${name} cannot be handled by a session in the ${this.#state} state.`;
    await this.#send(failure(new BoltFailure('Neo.ClientError.Request.Invalid', message)));
    await this.end();
  }

  async #attempt(request: BoltRequest): Promise<boolean> {
    try {
      await this.#perform(request);
      return true;
    } catch (error) {
      await this.#forget();
      await this.#send(failure(toFailure(error)));
      return false;
    }
  }

  async #perform(request: BoltRequest): Promise<void> {
    switch (request.name) {
      case 'HELLO':
        return this.#hello(request);
      case 'LOGON':
        this.#checkPassword(mapField(request, 0));
        return this.#send(success());
      case 'RUN':
        return this.#run(request);
      case 'PULL':
        return this.#pull(request);
      case 'DISCARD':
        return this.#discard(request);
      case 'BEGIN':
        this.#begin(mapField(request, 0));
        return this.#send(success());
      case 'COMMIT':
        return this.#commit();
      case 'ROLLBACK':
      case 'RESET':
        await this.#forget();
        return this.#send(success());
      case 'ROUTE':
        return this.#route(request);
      case 'LOGOFF':
      case 'TELEMETRY':
        return this.#send(success());
      case 'GOODBYE':
        return this.end();
      default:
        return request.name satisfies never;
    }
  }

  async #hello(request: BoltRequest): Promise<void> {
    if (this.#settings.version.minor < 1) this.#checkPassword(mapField(request, 0));
    await this.#send(success({ server: SERVER_AGENT, connection_id: this.#settings.connectionId, hints: new Map() }));
  }

  #checkPassword(credentials: BoltMap): void {
    const { password } = this.#settings;
    if (password === undefined) return;
    const given = credentials.get('credentials');
    if (credentials.get('scheme') === 'basic' && typeof given === 'string' && isSame(given, password)) return;
    throw new BoltFailure(
      'Neo.ClientError.Security.Unauthorized',
      'The client is unauthorized due to authentication failure.',
    );
  }

  #begin(extra: BoltMap): void {
    checkDatabase(extra);
    this.#settings.bookmarks.check(extra.get('bookmarks'));
    const mode = extra.get('mode') === 'r' ? 'r' : 'w';
    this.#transaction = new GraphTransaction(this.#settings.graph, { mode, timeoutMs: timeoutOf(extra) });
  }

  async #run(request: BoltRequest): Promise<void> {
    const [text] = request.fields;
    if (typeof text !== 'string') throw new BoltFailure('Neo.ClientError.Request.Invalid', 'RUN without a statement.');
    if (this.#state === 'ready') this.#begin(mapField(request, 2));
    const stream = await this.#transaction?.run(text, mapField(request, 1));
    if (!stream) return;
    const qid = ++this.#lastStream;
    this.#streams.set(qid, stream);
    await this.#send(success({ fields: stream.columns, t_first: 0n, qid: this.#state === 'ready' ? undefined : qid }));
  }

  async #pull(request: BoltRequest): Promise<void> {
    const { qid, stream, count } = this.#streamOf(request);
    for (let sent = 0; sent !== count && stream.hasMore; sent++) await this.#send(record(stream.next()));
    await this.#finishRows(qid, stream);
  }

  async #discard(request: BoltRequest): Promise<void> {
    const { qid, stream, count } = this.#streamOf(request);
    stream.skip(count);
    await this.#finishRows(qid, stream);
  }

  async #finishRows(qid: bigint, stream: RowStream): Promise<void> {
    if (stream.hasMore) return this.#send(success({ has_more: true }));
    this.#streams.delete(qid);
    const summary = new Map(stream.summary());
    if (this.#state === 'streaming') summary.set('bookmark', await this.#commitTransaction());
    await this.#send(successOf(summary));
  }

  #streamOf(request: BoltRequest): { readonly qid: bigint; readonly stream: RowStream; readonly count: number } {
    const extra = mapField(request, 0);
    const asked = extra.get('qid');
    const qid = typeof asked === 'bigint' && asked >= 0n ? asked : this.#lastStream;
    const stream = this.#streams.get(qid);
    const count = extra.get('n');
    if (!stream || typeof count !== 'bigint' || count < -1n || count === 0n) {
      throw new BoltFailure('Neo.ClientError.Request.Invalid', `${request.name} names no open result, or no count.`);
    }
    return { qid, stream, count: Number(count) };
  }

  async #commit(): Promise<void> {
    await this.#send(success({ bookmark: await this.#commitTransaction() }));
  }

  async #commitTransaction(): Promise<string> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    this.#streams.clear();
    const wrote = (await transaction?.commit()) ?? false;
    return wrote ? this.#settings.bookmarks.next() : this.#settings.bookmarks.last();
  }

  async #forget(): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    this.#streams.clear();
    await transaction?.rollback();
  }

  /** One server plays all parts. */
  async #route(request: BoltRequest): Promise<void> {
    checkDatabase(mapField(request, 2));
    const addresses = [this.#settings.address];
    const servers = ['ROUTE', 'READ', 'WRITE'].map((role) => boltMap({ addresses, role }));
    await this.#send(success({ rt: boltMap({ ttl: 300n, db: 'neo4j', servers }) }));
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 0 is no limit, as without the word. */
function timeoutOf(extra: BoltMap): number | undefined {
  const timeout = extra.get('tx_timeout');
  return typeof timeout === 'bigint' && timeout > 0n ? Number(timeout) : undefined;
}

function checkDatabase(extra: BoltMap): void {
  const name: BoltValue | undefined = extra.get('db');
  if (name !== undefined && name !== null && name !== '' && String(name).toLowerCase() !== 'neo4j') {
    throw new BoltFailure(
      'Neo.ClientError.Database.DatabaseNotFound',
      `Database does not exist. Database name: '${String(name)}'. The embedded graph has one database, neo4j.`,
    );
  }
  if (typeof extra.get('imp_user') === 'string') {
    const message = 'Impersonation is not supported by the embedded graph.';
    throw new BoltFailure('Neo.ClientError.Statement.ArgumentError', message);
  }
}
