import type { Driver, Record as DriverRecord, Result, Session } from 'neo4j-driver';
import { TracecourtError } from '../errors.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { GraphRow, ProbeRequest, ResolvedQuery, ServerIdentity, StoreObservation } from '../model/index.js';
import { loadDriver, type Neo4jAnswer, Neo4jLink } from './neo4j-link.js';
import { fromNeo4j, toNeo4j } from './neo4j-values.js';
import { unreachable } from './store-failed.js';
import type { Identification, StoreProbe } from './store-probe.js';

export interface Neo4jProbeOptions {
  /** `bolt://HOST:PORT` or `neo4j://…`. */
  readonly url: string;
  /** Without user and password the probe logs on as nobody. */
  readonly user?: string;
  readonly password?: string;
  /** Default: the server's. */
  readonly database?: string;
  readonly clock?: Clock;
  /** For one question, connecting included. Default 5,000. */
  readonly timeoutMs?: number;
}

/** More rows than any effect has: an answer beyond is not read to its end, and nothing is concluded from it. */
const MAX_ROWS = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Reads Neo4j through neo4j-driver, which is loaded at the first question.
 *
 * Each question runs in a transaction of its own, in read access mode, which is always rolled back: a flow cannot write, not
 * even on a server that does not mind the mode.
 *
 * - throws TracecourtError `invalid-config` for a URL that is none; `observe` throws `invalid-flow` for a query that no store
 *   could answer, and both questions throw `package-missing` without the driver.
 * - a node comes as its properties and `_labels`, a relationship as its properties and `_type`.
 */
export function createNeo4jProbe(options: Neo4jProbeOptions): StoreProbe {
  return new Neo4jProbe(options);
}

class Neo4jProbe implements StoreProbe {
  readonly store = 'neo4j';
  readonly address: string;
  readonly #database: string | undefined;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #link: Neo4jLink;

  constructor(options: Neo4jProbeOptions) {
    const { url, user, password, database, clock = systemClock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#database = database;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#link = new Neo4jLink({ url, user, password, database, timeoutMs });
    this.address = this.#link.address;
  }

  async load(): Promise<void> {
    await loadDriver();
  }

  async identify(): Promise<Identification> {
    const answer = await this.#ask('RETURN 1 AS one', {});
    switch (answer.kind) {
      case 'answered':
        return { status: 'identified', server: this.#identity(answer.agent) };
      case 'failed':
        return { status: 'unreachable', failure: answer.failure };
      case 'wrong-query':
        throw new TracecourtError('defect', `Neo4j at ${this.address} did not take our question: ${answer.reason}`);
      default:
        return answer satisfies never;
    }
  }

  /** Each question reads what is there. */
  async watch(): Promise<undefined> {}

  async observe(request: ProbeRequest): Promise<StoreObservation> {
    const { effect, query } = request;
    const { cypher, parameters } = asCypher(query);
    const answer = await this.#ask(cypher, mapParameters(parameters));
    const observedAtUnixNano = this.#clock.now();
    switch (answer.kind) {
      case 'answered': {
        const server = this.#identity(answer.agent);
        return { status: 'read', effect, query, server, records: toRows(answer.records), observedAtUnixNano };
      }
      case 'failed':
        return unreachable(request, answer.failure, observedAtUnixNano);
      case 'wrong-query':
        throw wrongQuery(effect, cypher, answer.reason);
      default:
        return answer satisfies never;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
  }

  #ask(cypher: string, parameters: Parameters): Promise<Neo4jAnswer> {
    return this.#link.ask((driver) => this.#read(driver, cypher, parameters));
  }

  async #read(driver: Driver, cypher: string, parameters: Parameters): Promise<Neo4jAnswer> {
    const database = this.#database;
    const session: Session = driver.session({
      defaultAccessMode: 'READ',
      ...(database === undefined ? {} : { database }),
    });
    try {
      // One round trip: what may not write needs no transaction to take back.
      const run = () => session.run(cypher, parameters, { timeout: this.#timeoutMs });
      return await this.#collect(withoutStacks(run));
    } finally {
      // The answer is known: a connection that dies while it is put away changes nothing about it.
      session.close().catch(() => undefined);
    }
  }

  async #collect(result: Result): Promise<Neo4jAnswer> {
    const records: DriverRecord[] = [];
    for await (const record of result) {
      if (records.length >= MAX_ROWS) return tooMany(this.address);
      records.push(record);
    }
    const { server } = await result.summary();
    return { kind: 'answered', records, agent: server.agent ?? '' };
  }

  #identity(agent: string): ServerIdentity {
    return { store: this.store, address: this.address, ...productOf(agent) };
  }
}

/**
 * The driver writes down the stack of every question, for an error that may come of it: a tenth of what a question costs, and what goes wrong is told in our own
 * words. Nothing but `ask` itself runs meanwhile.
 */
function withoutStacks<T>(ask: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return ask();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Parameters = Readonly<Record<string, unknown>>;

/** `Neo4j/5.26.30`; ours adds its own name in brackets. */
function productOf(agent: string): { readonly product: string; readonly version: string } {
  const version = /\/([\w.-]+)/.exec(agent)?.[1] ?? 'unknown';
  return { product: agent.includes('(tracecourt-embedded)') ? 'embedded' : 'neo4j', version };
}

function tooMany(address: string): Neo4jAnswer {
  const saw = `has more than ${MAX_ROWS} rows for it: too many to look at`;
  const nextStep = "Make the effect's query narrower.";
  return { kind: 'failed', failure: { kind: 'unreadable', address, saw, nextStep } };
}

function asCypher(query: ResolvedQuery): Extract<ResolvedQuery, { readonly store: 'neo4j' }> {
  if (query.store === 'neo4j') return query;
  throw new TracecourtError('defect', `The Neo4j probe was asked for a record of ${query.store}.`);
}

function mapParameters(
  parameters: Extract<ResolvedQuery, { readonly store: 'neo4j' }>['parameters'],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toNeo4j(value)]));
}

function toRows(records: readonly DriverRecord[]): readonly GraphRow[] {
  return records.map((record) => {
    const members = record.keys.map((key) => [String(key), fromNeo4j(record.get(key))] as const);
    return { store: 'neo4j', row: Object.fromEntries(members) };
  });
}

function wrongQuery(effect: string, cypher: string, reason: string): TracecourtError {
  return new TracecourtError('invalid-flow', `Neo4j cannot answer the query of effect "${effect}": ${reason}`, {
    nextStep: `Correct the effect's query: ${cypher}`,
  });
}
