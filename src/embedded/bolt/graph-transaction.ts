import { type BoundStatement, bindParameters } from './bind-parameters.js';
import type { BoltMap } from './bolt-value.js';
import { type CypherStatement, readStatement } from './cypher-statement.js';
import { BoltFailure, toFailure, unsupported } from './failure.js';
import type { EngineResult, EngineTransaction, GraphEngine } from './graph-engine.js';
import { RowStream } from './row-stream.js';
import { isDrop, runSchemaChange } from './schema-change.js';
import { runTyped, type TypedResult } from './typed-result.js';
import type { Release, WriteLock } from './write-lock.js';

/** What all transactions of a server share. */
export interface SharedGraph {
  readonly engine: GraphEngine;
  readonly lock: WriteLock;
  readonly lockTimeoutMs: number;
}

export interface TransactionOptions {
  readonly mode: 'r' | 'w';
  /** False for the transaction round a single statement. */
  readonly explicit: boolean;
  /** Ends a wait for the write lock. */
  readonly signal: AbortSignal;
}

/**
 * One transaction, explicit or the one round a single statement.
 *
 * Reads see what is committed at their time (Neo4j's own isolation) until the first write. That one waits for the write
 * lock, and from there on everything runs in one transaction of the engine, begun when the lock was got: so no
 * writer ever works on an old view.
 */
export class GraphTransaction {
  readonly #graph: SharedGraph;
  readonly #options: TransactionOptions;
  #writing: EngineTransaction | undefined;
  #release: Release | undefined;
  #undoSchema: (() => Promise<void>)[] = [];
  #wrote = false;

  constructor(graph: SharedGraph, options: TransactionOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  /** Runs a statement. Throws {@link BoltFailure}; the transaction is then good for nothing but rollback. */
  async run(text: string, parameters: BoltMap): Promise<RowStream> {
    try {
      const statement = readStatement(text);
      if (statement.type === 's') return await this.#changeSchema(statement);
      const result = await this.#execute(statement, parameters);
      return new RowStream(result, statement);
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** Makes its writes lasting. True when there were any. */
  async commit(): Promise<boolean> {
    try {
      this.#writing?.commit();
      return this.#wrote;
    } catch (error) {
      throw toFailure(error);
    } finally {
      this.#end();
    }
  }

  /** Forgets its writes and gives the lock back. MAY be called at any time, also twice. */
  async rollback(): Promise<void> {
    try {
      this.#writing?.rollback();
      for (const undo of this.#undoSchema.reverse()) await undo();
    } finally {
      this.#end();
    }
  }

  async #execute(statement: CypherStatement, parameters: BoltMap): Promise<TypedResult> {
    const bound = bindParameters(statement, parameters);
    if (statement.type === 'r') return runTyped(bound, { run: (again) => this.#run(again) });
    if (this.#undoSchema.length > 0) throw mixed('a write', 'a schema change');
    await this.#lockForWriting();
    const writing = this.#writing ?? this.#graph.engine.begin();
    this.#writing = writing;
    this.#wrote = true;
    const run = (again: BoundStatement): Promise<EngineResult> => writing.run(again);
    return runTyped(bound, statement.type === 'rw' ? { run, savepoint: () => writing.savepoint() } : { run });
  }

  #run(bound: BoundStatement): Promise<EngineResult> {
    return (this.#writing ?? this.#graph.engine).run(bound);
  }

  async #changeSchema(statement: CypherStatement): Promise<RowStream> {
    if (this.#writing) throw mixed('a schema change', 'a write');
    if (this.#options.explicit && isDrop(statement)) throw unsupported('DROP in an explicit transaction');
    await this.#lockForWriting();
    const { result, undo } = await runSchemaChange(this.#graph.engine, statement);
    this.#undoSchema.push(undo);
    this.#wrote = true;
    return new RowStream(result, statement);
  }

  async #lockForWriting(): Promise<void> {
    if (this.#options.mode === 'r') {
      throw new BoltFailure(
        'Neo.ClientError.Statement.AccessMode',
        'Writing in read access mode not allowed. Attempted write to neo4j',
      );
    }
    this.#release ??= await this.#graph.lock.acquire({
      timeoutMs: this.#graph.lockTimeoutMs,
      signal: this.#options.signal,
    });
  }

  #end(): void {
    this.#writing = undefined;
    this.#undoSchema = [];
    this.#release?.();
    this.#release = undefined;
  }
}

function mixed(second: string, first: string): BoltFailure {
  return new BoltFailure(
    'Neo.ClientError.Transaction.ForbiddenDueToTransactionType',
    `Tried to execute ${second} after executing ${first} in the same transaction.`,
  );
}
