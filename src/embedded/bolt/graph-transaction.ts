import { type BoundStatement, bindParameters } from './bind-parameters.js';
import type { BoltMap } from './bolt-value.js';
import type { CypherStatement } from './cypher-statement.js';
import { BoltFailure, toFailure } from './failure.js';
import type { EngineResult, EngineTransaction, GraphEngine, Savepoint } from './graph-engine.js';
import type { GraphSchema } from './graph-schema.js';
import type { KnownStatements } from './known-statements.js';
import { readUses } from './property-uses.js';
import { RowStream } from './row-stream.js';
import type { StoredKinds } from './stored-kinds.js';
import { refuseMisreadTimes, temporalArguments } from './temporal-arguments.js';
import { runTyped, type TypedResult } from './typed-result.js';
import type { Release, WriteLock } from './write-lock.js';

/** What all transactions of a server share. */
export interface SharedGraph {
  readonly engine: GraphEngine;
  readonly statements: KnownStatements;
  readonly schema: GraphSchema;
  readonly kinds: StoredKinds;
  readonly lock: WriteLock;
  readonly lockTimeoutMs: number;
}

export interface TransactionOptions {
  readonly mode: 'r' | 'w';
  /** Undefined: as long as it likes. */
  readonly timeoutMs: number | undefined;
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
  readonly #impatience = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #writing: EngineTransaction | undefined;
  #release: Release | undefined;
  #undoSchema: (() => Promise<void>)[] = [];
  #wrote = false;
  #isWorking = false;
  #isOverdue = false;
  #rollingBack: Promise<void> | undefined;

  constructor(graph: SharedGraph, options: TransactionOptions) {
    this.#graph = graph;
    this.#options = options;
    if (options.timeoutMs !== undefined) this.#timer = setTimeout(() => this.#expire(), options.timeoutMs).unref();
  }

  /** Ends a wait for the write lock. */
  interrupt(): void {
    this.#impatience.abort(interrupted());
  }

  /** Runs a statement. Throws {@link BoltFailure}; the transaction is then good for nothing but rollback. */
  async run(text: string, parameters: BoltMap): Promise<RowStream> {
    this.#isWorking = true;
    try {
      this.#refuseOverdue();
      const statement = this.#graph.statements.read(text);
      const stream =
        statement.type === 's' ? await this.#changeSchema(statement) : await this.#ask(statement, parameters);
      this.#refuseOverdue();
      return stream;
    } catch (error) {
      throw toFailure(error);
    } finally {
      this.#isWorking = false;
    }
  }

  async #ask(statement: CypherStatement, parameters: BoltMap): Promise<RowStream> {
    return new RowStream(await this.#execute(statement, parameters), statement);
  }

  /** Its time is up. Nothing of it stays, and others need not wait until the client notices. */
  #expire(): void {
    this.#isOverdue = true;
    this.#impatience.abort(lockClientStopped());
    if (!this.#isWorking) void this.rollback();
  }

  #refuseOverdue(): void {
    if (this.#isOverdue) throw timedOut();
  }

  /** Makes its writes lasting. True when there were any. Throws {@link BoltFailure}; nothing of it stays then. */
  async commit(): Promise<boolean> {
    try {
      this.#refuseOverdue();
      this.#writing?.commit();
      this.#end();
      return this.#wrote;
    } catch (error) {
      await this.rollback();
      throw toFailure(error);
    }
  }

  /** Forgets its writes and gives the lock back. MAY be called at any time, also twice. */
  rollback(): Promise<void> {
    this.#rollingBack ??= this.#rollBack();
    return this.#rollingBack;
  }

  async #rollBack(): Promise<void> {
    try {
      this.#writing?.rollback();
      for (const undo of this.#undoSchema.reverse()) await undo();
    } finally {
      this.#end();
    }
  }

  async #execute(statement: CypherStatement, parameters: BoltMap): Promise<TypedResult> {
    const { engine, kinds, schema } = this.#graph;
    const bound = bindParameters(statement, parameters);
    kinds.admit(readUses(statement.tokens, parameters), schema.isUnique);
    await refuseMisreadTimes(temporalArguments(statement.tokens, parameters), (question) => engine.run(question));
    if (statement.type === 'r') return runTyped(bound, { run: (again) => this.#run(again) });
    if (this.#undoSchema.length > 0) throw mixed('a write', 'a schema change');
    await this.#lockForWriting();
    const isFirst = this.#writing === undefined;
    const writing = this.#writing ?? engine.begin();
    this.#writing = writing;
    this.#wrote = true;
    const run = (again: BoundStatement): Promise<EngineResult> => this.#run(again);
    if (statement.type !== 'rw') return runTyped(bound, { run });
    return runTyped(bound, { run, savepoint: () => (isFirst ? this.#newBeginning() : writing.savepoint()) });
  }

  /** Nothing was written before: to begin anew is to go back, and costs nothing where nobody goes back. */
  async #newBeginning(): Promise<Savepoint> {
    const undo = async (): Promise<void> => {
      this.#writing?.rollback();
      this.#writing = this.#graph.engine.begin();
    };
    return { undo, release: async () => undefined };
  }

  #run(bound: BoundStatement): Promise<EngineResult> {
    return (this.#writing ?? this.#graph.engine).run(bound);
  }

  async #changeSchema(statement: CypherStatement): Promise<RowStream> {
    if (this.#writing) throw mixed('a schema change', 'a write');
    await this.#lockForWriting();
    const { counters, undo } = await this.#graph.schema.change(statement);
    this.#undoSchema.push(undo);
    this.#wrote = true;
    return new RowStream({ columns: [], rows: [], counters }, statement);
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
      signal: this.#impatience.signal,
    });
  }

  #end(): void {
    clearTimeout(this.#timer);
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

function interrupted(): BoltFailure {
  return new BoltFailure('Neo.ClientError.Transaction.Terminated', 'The client went back on its request.');
}

const TERMINATED = 'The transaction has been terminated: it took longer than the client allows.';

function timedOut(): BoltFailure {
  return new BoltFailure('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration', TERMINATED);
}

/** What Neo4j says of one that waited for a lock. */
function lockClientStopped(): BoltFailure {
  return new BoltFailure('Neo.ClientError.Transaction.LockClientStopped', TERMINATED);
}
