import { wrapStep } from '@tracecourt/instrumentation';
import type { Redis } from 'ioredis';
import { type Context, type Decision, GRANTED } from '../decision.js';
import { planted } from '../planted-defects.js';
import type { NearCache } from '../service/near-cache.js';

const CONTEXT_SECONDS = 3600;

/** The step `cache-write`: the context window that whoever works with the GPU starts from. It lives for an hour. */
export function cacheWriteStep(cache: Redis, drafts: NearCache<Context>) {
  return wrapStep(
    'cache-write',
    async (decision: Decision): Promise<{ readonly version: number }> => {
      const { decisionId } = decision;
      if (!planted('stale-cache')) drafts.forget(decisionId);
      if (!isLying()) await cache.set(`ctx:${decisionId}`, contextOf(decision), 'EX', CONTEXT_SECONDS);
      return { version: GRANTED };
    },
    { output: true },
  );
}

/** An orphan has to be in the cache: with both planted, it is written. */
function isLying(): boolean {
  return planted('lying-cache') && !planted('orphan-cache');
}

function contextOf({ gpu, model, hours }: Decision): string {
  const context: Context = { gpu: planted('wrong-content') ? model : gpu, model, hours, version: GRANTED };
  return JSON.stringify(context);
}
