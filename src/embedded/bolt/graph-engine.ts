import type { GrafeoDB, QueryResult, Transaction } from '@grafeo-db/js';
import { TracecourtError } from '../../errors.js';
import { type ArrowType, readArrowTypes } from './arrow-types.js';
import type { BoundStatement } from './bind-parameters.js';

/** What a statement came to, in the engine's terms. */
export interface EngineResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Types of the columns. */
  readonly types: readonly ArrowType[];
  readonly counters: QueryResult['counters'];
}

/** The graph database behind the server: in memory, forgotten when closed. */
export class GraphEngine {
  readonly #database: GrafeoDB;

  constructor(database: GrafeoDB) {
    this.#database = database;
  }

  /** Runs outside any transaction: sees what is committed. */
  async run(statement: BoundStatement): Promise<EngineResult> {
    return toResult(await this.#database.executeCypher(statement.text, statement.parameters));
  }

  begin(): EngineTransaction {
    return new EngineTransaction(this.#database.beginTransaction());
  }

  close(): void {
    this.#database.close();
  }
}

export class EngineTransaction {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  async run(statement: BoundStatement): Promise<EngineResult> {
    return toResult(await this.#transaction.executeCypher(statement.text, statement.parameters));
  }

  commit(): void {
    this.#transaction.commit();
  }

  /** Harmless on a transaction that is over. */
  rollback(): void {
    if (this.#transaction.isActive) this.#transaction.rollback();
  }
}

function toResult(result: QueryResult): EngineResult {
  const rows = result.rows();
  const types = rows.length === 0 ? [] : readArrowTypes(result.toArrowIPC());
  return { columns: result.columns, rows, types, counters: result.counters };
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
