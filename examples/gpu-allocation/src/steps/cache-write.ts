import { wrapStep } from '@tracecourt/instrumentation';
import type { Redis } from 'ioredis';
import type { Decision } from '../decision.js';
import { planted } from '../planted-defects.js';

const CONTEXT_SECONDS = 3600;

/** The step `cache-write`: the context window that whoever works with the GPU starts from. It lives for an hour. */
export function cacheWriteStep(cache: Redis) {
  return wrapStep('cache-write', async ({ decisionId, gpu, model, hours }: Decision): Promise<void> => {
    if (planted('lying-cache')) return;
    await cache.set(`ctx:${decisionId}`, JSON.stringify({ gpu, model, hours }), 'EX', CONTEXT_SECONDS);
  });
}
