import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { wrapStep } from '@tracecourt/instrumentation';
import neo4j, { type Driver, type EagerResult } from 'neo4j-driver';
import type { AllocationRequest, Candidate } from '../decision.js';
import { planted } from '../planted-defects.js';

/**
 * A GPU is free when its time is over. Who finds it holds it for a minute; a hold that leads nowhere ends by itself.
 *
 * Others look at the same time, and what is read before the GPU is locked may be old by then. So it is locked first, by a write that
 * decides nothing, and looked at again. Whoever looks takes one of the first few, so that two seldom wait for the same one.
 */
const HOLD_A_FREE_GPU = `
  MATCH (g:Gpu {run: $run, model: $model}) WHERE g.freeAt <= $now
  WITH g.id AS gpu LIMIT 16
  WITH gpu ORDER BY rand() LIMIT 1
  MATCH (g:Gpu {id: gpu})
  SET g.lockedFor = $decisionId
  WITH g, g.freeAt <= $now AS isFree
  SET g.freeAt = CASE WHEN isFree THEN $now + $hold ELSE g.freeAt END,
      g.holder = CASE WHEN isFree THEN $decisionId ELSE g.holder END
  RETURN g.id AS gpu, isFree AS held`;

/** Looks at no time, and so at nobody who has the GPU. */
const HOLD_THE_FIRST_GPU = `
  MATCH (g:Gpu {run: $run, model: $model})
  WITH g ORDER BY g.id LIMIT 1
  SET g.holder = $decisionId
  RETURN g.id AS gpu, true AS held`;

const HOLD_MS = 60_000;

/** A hold may be about to end: who finds no GPU looks once more. */
const PAUSE_MS = 50;
const pause = wrapStep('pause', () => delay(PAUSE_MS));

/** The step `allocation`: opens a decision, and finds a free GPU for it if there is one. */
export function allocationStep(graph: Driver, run: string) {
  return wrapStep(
    'allocation',
    async (request: AllocationRequest): Promise<Candidate> => {
      const wish = { run, model: request.model, decisionId: randomUUID() };
      const gpu = (await holdGpu(graph, wish)) ?? (await pause().then(() => holdGpu(graph, wish)));
      return { ...request, decisionId: wish.decisionId, gpu };
    },
    { input: true, output: true },
  );
}

interface Wish {
  readonly run: string;
  readonly model: string;
  readonly decisionId: string;
}

/** Looks until it holds one or none is left: each time that somebody was faster, there is one less to look at. */
async function holdGpu(graph: Driver, wish: Wish): Promise<string | null> {
  const query = planted('double-lease') ? HOLD_THE_FIRST_GPU : HOLD_A_FREE_GPU;
  for (;;) {
    const times = { now: neo4j.int(Date.now()), hold: neo4j.int(HOLD_MS) };
    const { records } = await graph.executeQuery<EagerResult<{ gpu: string; held: boolean }>>(query, {
      ...wish,
      ...times,
    });
    const [found] = records;
    if (!found) return null;
    if (found.get('held')) return found.get('gpu');
  }
}
