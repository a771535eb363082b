import { randomUUID } from 'node:crypto';
import { wrapStep } from '@tracecourt/instrumentation';
import neo4j, { type Driver, type EagerResult } from 'neo4j-driver';
import type { AllocationRequest, Candidate } from '../decision.js';
import { planted } from '../planted-defects.js';

/** A GPU is free when its time is over. Who finds it holds it for a minute; a hold that leads nowhere ends by itself. */
const HOLD_A_FREE_GPU = `
  MATCH (g:Gpu {run: $run, model: $model}) WHERE g.freeAt <= $now
  WITH g LIMIT 1
  SET g.freeAt = $now + $hold, g.holder = $decisionId
  RETURN g.id AS gpu`;

/** Looks at no time, and so at nobody who has the GPU. */
const HOLD_THE_FIRST_GPU = `
  MATCH (g:Gpu {run: $run, model: $model})
  WITH g ORDER BY g.id LIMIT 1
  SET g.holder = $decisionId
  RETURN g.id AS gpu`;

const HOLD_MS = 60_000;

/** The step `allocation`: opens a decision, and finds a free GPU for it if there is one. */
export function allocationStep(graph: Driver, run: string) {
  return wrapStep(
    'allocation',
    async (request: AllocationRequest): Promise<Candidate> => {
      const decisionId = randomUUID();
      const parameters = {
        run,
        model: request.model,
        decisionId,
        now: neo4j.int(Date.now()),
        hold: neo4j.int(HOLD_MS),
      };
      const query = planted('double-lease') ? HOLD_THE_FIRST_GPU : HOLD_A_FREE_GPU;
      const { records } = await graph.executeQuery<EagerResult<{ gpu: string }>>(query, parameters);
      return { ...request, decisionId, gpu: records[0]?.get('gpu') ?? null };
    },
    { input: true, output: true },
  );
}
