import neo4j, { type Driver, type EagerResult } from 'neo4j-driver';

/** How many GPUs of each model a run has, and how many of them somebody holds when it begins: the first ones. */
const POOLS = [
  { model: 'a100', size: 1500, held: 1 },
  { model: 'h100', size: 2, held: 2 },
] as const;

const HELD_FOR_MS = 365 * 24 * 3_600_000;

/** A lease is written on the GPU with this id. */
const INDEX = 'CREATE INDEX gpu_id IF NOT EXISTS FOR (g:Gpu) ON (g.id)';

const COUNT = 'MATCH (g:Gpu {run: $run}) RETURN count(g) AS gpus';

const ADD_POOL = `
  UNWIND range(1, $size) AS n
  CREATE (:Gpu {id: $run + '/' + $model + '/' + toString(n), run: $run, model: $model, freeAt: 0})`;

const ADD_HOLDERS = `
  UNWIND range(1, $held) AS n
  MATCH (g:Gpu {id: $run + '/' + $model + '/' + toString(n)})
  SET g.freeAt = $until
  CREATE (:Decision {id: g.id + '/holder', gpu: g.id})-[:GRANTS]->(:Lease {from: $now, until: $until})-[:OF]->(g)`;

/** Gives the run its own GPUs, unless it has them already: runs on one database never share or use up each other's. */
export async function seedInventory(graph: Driver, run: string): Promise<void> {
  await graph.executeQuery(INDEX);
  const { records } = await graph.executeQuery<EagerResult<{ gpus: number }>>(COUNT, { run });
  if ((records[0]?.get('gpus') ?? 0) > 0) return;
  const now = Date.now();
  for (const { model, size, held } of POOLS) {
    await graph.executeQuery(ADD_POOL, { run, model, size: neo4j.int(size) });
    const lease = { now: neo4j.int(now), until: neo4j.int(now + HELD_FOR_MS) };
    await graph.executeQuery(ADD_HOLDERS, { run, model, held: neo4j.int(held), ...lease });
  }
}
