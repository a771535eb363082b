import type { ServiceHealth } from '../../model/index.js';
import type { StoreProbe } from '../../stores/index.js';

/** Asks a store who it is. The latency is that of one question on a connection that stands, where there is one. */
export async function checkStore(probe: StoreProbe): Promise<ServiceHealth> {
  // The first question loads the client and connects.
  const first = await timed(probe);
  const { answer, latencyMs } = first.answer.status === 'identified' ? await timed(probe) : first;
  const { store: name, address } = probe;
  const checked = { name, kind: name, address, latencyMs };
  if (answer.status === 'unreachable') {
    const { kind: failure, saw, nextStep } = answer.failure;
    return { ...checked, state: 'unhealthy', product: undefined, version: undefined, saw, failure, nextStep };
  }
  const { product, version: told } = answer.server;
  const version = told === 'unknown' ? undefined : told;
  return { ...checked, state: 'healthy', product, version, saw: 'answers' };
}

async function timed(probe: StoreProbe) {
  const startedAt = performance.now();
  const answer = await probe.identify();
  return { answer, latencyMs: performance.now() - startedAt };
}
