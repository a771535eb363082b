import type { GrafeoDB, QueryResult, Transaction } from '@grafeo-db/js';
import { TracecourtError } from '../../errors.js';
import { type ArrowType, readArrowTypes } from './arrow-types.js';
import type { BoundStatement } from './bind-parameters.js';

/** What a statement came to, in the engine's terms. */
export interface EngineResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Types of the columns: asked of the engine, so only if need be. */
  readonly types: () => readonly ArrowType[];
  /** What changed, by the names that Neo4j's summaries have for it. */
  readonly counters: Readonly<Record<string, number>>;
  /** False as long as no statement has made a date, a time or a duration. */
  readonly mayHoldTemporals: boolean;
}

/** A state of a transaction that can be gone back to, once. */
export interface Savepoint {
  undo(): Promise<void>;
  release(): Promise<void>;
}

const TEMPORAL_FUNCTION = /\b(?:date|time|datetime|localtime|localdatetime|duration)\s*[.(]/i;

/** The graph database behind the server: in memory, forgotten when closed. */
export class GraphEngine {
  readonly #database: GrafeoDB;
  #mayHoldTemporals = false;

  constructor(database: GrafeoDB) {
    this.#database = database;
  }

  /** Runs outside any transaction: sees what is committed. */
  async run(statement: BoundStatement): Promise<EngineResult> {
    return this.#toResult(await this.#database.executeCypher(statement.text, statement.parameters), statement);
  }

  begin(): EngineTransaction {
    return new EngineTransaction(this.#database.beginTransaction(), (result, statement) =>
      this.#toResult(result, statement),
    );
  }

  #toResult(result: QueryResult, { text }: BoundStatement): EngineResult {
    this.#mayHoldTemporals ||= TEMPORAL_FUNCTION.test(text);
    let types: readonly ArrowType[] | undefined;
    return {
      columns: result.columns,
      rows: result.rows(),
      types: () => (types ??= readArrowTypes(result.toArrowIPC())),
      counters: countersOf(result),
      mayHoldTemporals: this.#mayHoldTemporals,
    };
  }

  close(): void {
    this.#database.close();
  }
}

function countersOf({ counters }: QueryResult): EngineResult['counters'] {
  return {
    'nodes-created': counters.nodesCreated,
    'nodes-deleted': counters.nodesDeleted,
    'relationships-created': counters.edgesCreated,
    'relationships-deleted': counters.edgesDeleted,
    'properties-set': counters.propertiesSet,
    'labels-added': counters.labelsAdded,
    'labels-removed': counters.labelsRemoved,
  };
}

type ToResult = (result: QueryResult, statement: BoundStatement) => EngineResult;

export class EngineTransaction {
  readonly #transaction: Transaction;
  readonly #toResult: ToResult;

  constructor(transaction: Transaction, toResult: ToResult) {
    this.#transaction = transaction;
    this.#toResult = toResult;
  }

  async run(statement: BoundStatement): Promise<EngineResult> {
    return this.#toResult(await this.#transaction.executeCypher(statement.text, statement.parameters), statement);
  }

  /** Its own language has the word for it, Cypher has not. */
  async savepoint(): Promise<Savepoint> {
    await this.#transaction.execute('SAVEPOINT statement');
    return {
      undo: async () => void (await this.#transaction.execute('ROLLBACK TO SAVEPOINT statement')),
      release: async () => void (await this.#transaction.execute('RELEASE SAVEPOINT statement')),
    };
  }

  commit(): void {
    this.#transaction.commit();
  }

  /** Harmless on a transaction that is over. */
  rollback(): void {
    if (this.#transaction.isActive) this.#transaction.rollback();
  }
}

/**
 * An empty database in memory. The native module is loaded when the first one is asked for; throws TracecourtError
 * `package-missing` where it is not installed, or has no binary for this platform.
 */
export async function openGraphEngine(): Promise<GraphEngine> {
  const { GrafeoDB } = await loadPackage();
  return new GraphEngine(GrafeoDB.create());
}

async function loadPackage(): Promise<typeof import('@grafeo-db/js')> {
  try {
    // A CommonJS package whose exports Node cannot tell beforehand: all of them are in the default.
    return (await import('@grafeo-db/js')).default;
  } catch (cause) {
    throw new TracecourtError('package-missing', missingSentence(cause), {
      nextStep: 'Install it with `npm install @grafeo-db/js`, or give the URL of a real Neo4j.',
      cause,
    });
  }
}

function missingSentence(cause: unknown): string {
  const absent = (cause as { readonly code?: string }).code === 'ERR_MODULE_NOT_FOUND';
  const platform = `${process.platform} on ${process.arch}`;
  return absent
    ? 'The embedded Neo4j needs the package @grafeo-db/js, which is not installed.'
    : `The embedded Neo4j needs the package @grafeo-db/js, which has no working binary for ${platform}.`;
}
