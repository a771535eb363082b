import { type BoltMap, type BoltValue, boltMap } from './bolt-value.js';
import type { CypherStatement } from './cypher-statement.js';

/** What a statement came to: rows for the client to pull, and by the names of Neo4j's summaries what it changed. */
export interface StatementResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly BoltValue[])[];
  readonly counters: Readonly<Record<string, number>>;
}

/** The rows of one result, as far as they were pulled. */
export class RowStream {
  readonly columns: readonly string[];
  readonly #result: StatementResult;
  readonly #statement: CypherStatement;
  #at = 0;

  constructor(result: StatementResult, statement: CypherStatement) {
    this.#result = result;
    this.#statement = statement;
    const written = statement.columns;
    this.columns = written?.length === result.columns.length ? written : result.columns;
  }

  get hasMore(): boolean {
    return this.#at < this.#result.rows.length;
  }

  next(): readonly BoltValue[] {
    return this.#result.rows[this.#at++] ?? [];
  }

  /** Goes over the next `count` records; all of them for -1. */
  skip(count: number): void {
    this.#at = count < 0 ? this.#result.rows.length : Math.min(this.#at + count, this.#result.rows.length);
  }

  /** What the summary says, once all records are gone. */
  summary(): BoltMap {
    return boltMap({ type: this.#statement.type, t_last: 0n, db: 'neo4j', stats: statistics(this.#result) });
  }
}

/** Only what changed, as Neo4j sends it; undefined when nothing did. */
function statistics({ counters }: StatementResult): BoltMap | undefined {
  const changed = Object.entries(counters).filter(([, count]) => count > 0);
  if (changed.length === 0) return undefined;
  return new Map<string, BoltValue>([
    ...changed.map(([name, count]) => [name, BigInt(count)] as const),
    ['contains-updates', true],
  ]);
}
