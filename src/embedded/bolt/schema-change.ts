import type { CypherStatement } from './cypher-statement.js';
import { withoutIndexKind } from './cypher-statement.js';
import { isKeyword } from './cypher-tokens.js';
import { unsupported } from './failure.js';
import type { GraphEngine } from './graph-engine.js';
import type { StatementResult } from './row-stream.js';

/** Names of what is there. */
interface Schema {
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

/** What a schema change came to, and how to take it back. */
export interface SchemaChange {
  readonly result: StatementResult;
  readonly undo: () => Promise<void>;
}

/**
 * Runs one schema statement. The engine changes its schema at once, outside any transaction: so what was added is dropped
 * again on rollback, and a drop can only stand alone.
 */
export async function runSchemaChange(engine: GraphEngine, statement: CypherStatement): Promise<SchemaChange> {
  const before = await readSchema(engine);
  const { counters } = await engine.run({ text: withoutIndexKind(statement), parameters: {} });
  const after = await readSchema(engine);
  const added = {
    constraints: missing(after.constraints, before.constraints),
    indexes: missing(after.indexes, before.indexes),
  };
  const removed = {
    constraints: missing(before.constraints, after.constraints),
    indexes: missing(before.indexes, after.indexes),
  };
  const schemaCounters = {
    'constraints-added': added.constraints.length,
    'constraints-removed': removed.constraints.length,
    'indexes-added': added.indexes.length,
    'indexes-removed': removed.indexes.length,
  };
  return { result: { columns: [], rows: [], counters, schemaCounters }, undo: () => dropAll(engine, added) };
}

/** True for a statement that cannot be taken back. */
export function isDrop(statement: CypherStatement): boolean {
  return isKeyword(statement.tokens[0], 'DROP');
}

async function readSchema(engine: GraphEngine): Promise<Schema> {
  return { constraints: await names(engine, 'SHOW CONSTRAINTS'), indexes: await names(engine, 'SHOW INDEXES') };
}

async function names(engine: GraphEngine, text: string): Promise<readonly string[]> {
  const { columns, rows } = await engine.run({ text, parameters: {} });
  const at = columns.indexOf('name');
  return rows.map((row) => String(row[at]));
}

function missing(from: readonly string[], inside: readonly string[]): readonly string[] {
  return from.filter((name) => !inside.includes(name));
}

async function dropAll(engine: GraphEngine, { constraints, indexes }: Schema): Promise<void> {
  for (const name of constraints) await drop(engine, 'CONSTRAINT', name);
  for (const name of indexes) await drop(engine, 'INDEX', name);
}

async function drop(engine: GraphEngine, kind: string, name: string): Promise<void> {
  if (name.includes('`')) throw unsupported(`A name with a backtick: ${name}`);
  await engine.run({ text: `DROP ${kind} \`${name}\` IF EXISTS`, parameters: {} });
}
