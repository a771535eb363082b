import type { Meter } from '@opentelemetry/api';
import { onCacheLookup } from './cache-lookups.js';

/**
 * Counts `tracecourt.cache.lookups` by system, operation and result, `hit` or `miss`, until the function that is returned is
 * called.
 */
export function countCacheLookups(meter: Meter): () => void {
  const lookups = meter.createCounter('tracecourt.cache.lookups', {
    description: 'Values that were read by their keys, and found or not.',
    unit: '{value}',
  });
  return onCacheLookup(({ operation, hits, misses }) => {
    const labels = { 'db.system.name': 'redis', 'db.operation.name': operation };
    if (hits > 0) lookups.add(hits, { ...labels, result: 'hit' });
    if (misses > 0) lookups.add(misses, { ...labels, result: 'miss' });
  });
}
