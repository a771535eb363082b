import type { ProbeRequest, ServerIdentity, StoreName, StoreObservation } from '../model/index.js';

/**
 * Reads a store, and nothing else.
 *
 * A probe MUST NOT write, lock, commit offsets or create spans (tracing is suppressed round its calls). A store that does
 * not answer is an observation (`unreachable`), never an exception; neither call takes longer than the probe's own limit.
 */
export interface StoreProbe extends AsyncDisposable {
  readonly store: StoreName;
  readonly address: string;
  /** Who answers at the address. Throws TracecourtError `store-unavailable` with what was tried and seen. */
  identify(): Promise<ServerIdentity>;
  observe(request: ProbeRequest): Promise<StoreObservation>;
}
