import { wrapStep } from '@tracecourt/instrumentation';
import type { Redis } from 'ioredis';
import type { Context, Decision } from '../decision.js';
import type { NearCache } from '../service/near-cache.js';
import type { NoContext } from '../workflow.js';

/** The step `context-read`: the context window as whoever asks this service gets it, from what is at hand or else from the cache. */
export function contextReadStep(cache: Redis, drafts: NearCache<Context>) {
  return wrapStep(
    'context-read',
    async ({ decisionId }: Decision): Promise<Context | NoContext> => {
      const near = drafts.get(decisionId);
      if (near) return near;
      const text = await cache.get(`ctx:${decisionId}`);
      return text === null ? { version: null } : (JSON.parse(text) as Context);
    },
    { output: true },
  );
}
