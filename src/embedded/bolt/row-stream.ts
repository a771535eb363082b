import { type BoltMap, type BoltValue, boltMap } from './bolt-value.js';
import type { CypherStatement } from './cypher-statement.js';
import { toBoltValue } from './engine-values.js';
import type { EngineResult } from './graph-engine.js';

/** The rows of one result, made into values of the wire as they are pulled. */
export class RowStream {
  readonly columns: readonly string[];
  readonly #result: EngineResult;
  readonly #statement: CypherStatement;
  #at = 0;

  constructor(result: EngineResult, statement: CypherStatement) {
    this.#result = result;
    this.#statement = statement;
    const written = statement.columns;
    this.columns = written?.length === result.columns.length ? written : result.columns;
  }

  get hasMore(): boolean {
    return this.#at < this.#result.rows.length;
  }

  /** The next record. Throws BoltFailure when a value cannot be told for certain. */
  next(): readonly BoltValue[] {
    const row = this.#result.rows[this.#at++] ?? [];
    return row.map((value, i) => toBoltValue(value, this.#result.types[i]));
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
function statistics(
  result: EngineResult & { readonly schemaCounters?: Readonly<Record<string, number>> },
): BoltMap | undefined {
  const { counters } = result;
  const all = {
    'nodes-created': counters.nodesCreated,
    'nodes-deleted': counters.nodesDeleted,
    'relationships-created': counters.edgesCreated,
    'relationships-deleted': counters.edgesDeleted,
    'properties-set': counters.propertiesSet,
    'labels-added': counters.labelsAdded,
    'labels-removed': counters.labelsRemoved,
    ...result.schemaCounters,
  };
  const changed = Object.entries(all).filter(([, count]) => count > 0);
  if (changed.length === 0) return undefined;
  return new Map<string, BoltValue>([
    ...changed.map(([name, count]) => [name, BigInt(count)] as const),
    ['contains-updates', true],
  ]);
}
