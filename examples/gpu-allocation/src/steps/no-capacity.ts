import { wrapStep } from '@tracecourt/instrumentation';
import type { Redis } from 'ioredis';
import type { Candidate } from '../decision.js';

const TICKET_SECONDS = 3600;

/** The step `no-capacity`: leaves a ticket and counts it, so that whoever buys GPUs sees what was asked for in vain, and how often. */
export function noCapacityStep(cache: Redis) {
  return wrapStep('no-capacity', async ({ decisionId, model, hours }: Candidate): Promise<void> => {
    await cache.set(`unmet:${decisionId}`, JSON.stringify({ model, hours }), 'EX', TICKET_SECONDS);
    await cache.incr(`unmet-of:${model}`);
  });
}
