import type { ArrowType } from './arrow-types.js';
import type { BoundStatement } from './bind-parameters.js';
import { type EnginePath, isPath } from './engine-values.js';
import type { EngineResult } from './graph-engine.js';

/**
 * The same result with the types of its paths known. The engine's Arrow form holds a path as text, so the nodes and
 * relationships of all paths of a column are read once more by their ids, for their types alone.
 */
export async function withPathTypes(
  result: EngineResult,
  run: (statement: BoundStatement) => Promise<EngineResult>,
): Promise<EngineResult> {
  if (!result.types.some((_, i) => pathsOf(result, i))) return result;
  const types: ArrowType[] = [];
  for (const [i, type] of result.types.entries()) {
    const paths = pathsOf(result, i);
    types.push(paths ? await typeOf(paths, run) : type);
  }
  return { ...result, types };
}

/** Undefined unless all values of the column are paths. */
function pathsOf({ rows, types }: EngineResult, column: number): readonly EnginePath[] | undefined {
  if (types[column]?.kind === 'struct') return undefined;
  const values = rows.map((row) => row[column]).filter((value) => value !== null);
  return values.length > 0 && values.every(isPath) ? values : undefined;
}

async function typeOf(
  paths: readonly EnginePath[],
  run: (statement: BoundStatement) => Promise<EngineResult>,
): Promise<ArrowType> {
  const nodes = await run(byId('MATCH (e)', idsOf(paths.flatMap((path) => path.nodes))));
  const edges = await run(byId('MATCH ()-[e]->()', idsOf(paths.flatMap((path) => path.edges))));
  return { name: '', kind: 'struct', children: [listOf('nodes', nodes), listOf('edges', edges)] };
}

function byId(match: string, ids: readonly number[]): BoundStatement {
  return { text: `${match} WHERE id(e) IN $ids RETURN e`, parameters: { ids } };
}

function idsOf(entities: readonly Readonly<Record<string, unknown>>[]): readonly number[] {
  return [...new Set(entities.map((entity) => Number(entity['_id'])))];
}

function listOf(name: string, { types }: EngineResult): ArrowType {
  return { name, kind: 'list', children: types };
}
