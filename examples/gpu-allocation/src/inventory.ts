import neo4j, { type Driver, type EagerResult } from 'neo4j-driver';

/** How many GPUs of each model a run has, and how many of them are free when it begins. */
const POOLS = [
  { model: 'a100', size: 500, free: true },
  { model: 'h100', size: 2, free: false },
] as const;

const TAKEN_FOR_MS = 365 * 24 * 3_600_000;

const COUNT = 'MATCH (g:Gpu {run: $run}) RETURN count(g) AS gpus';

const ADD_POOL = `
  UNWIND range(1, $size) AS n
  CREATE (:Gpu {id: $run + '/' + $model + '/' + toString(n), run: $run, model: $model, freeAt: $freeAt})`;

/** Gives the run its own GPUs, unless it has them already: runs on one database never share or use up each other's. */
export async function seedInventory(graph: Driver, run: string): Promise<void> {
  const { records } = await graph.executeQuery<EagerResult<{ gpus: number }>>(COUNT, { run });
  if ((records[0]?.get('gpus') ?? 0) > 0) return;
  for (const { model, size, free } of POOLS) {
    const freeAt = neo4j.int(free ? 0 : Date.now() + TAKEN_FOR_MS);
    await graph.executeQuery(ADD_POOL, { run, model, size: neo4j.int(size), freeAt });
  }
}
