import type { ProbeRequest, ServerIdentity, StoreFailure, StoreName, StoreObservation } from '../model/index.js';

/** Who answers at an address, or why nobody does. */
export type Identification =
  | { readonly status: 'identified'; readonly server: ServerIdentity }
  | { readonly status: 'unreachable'; readonly failure: StoreFailure };

/**
 * Reads a store, and nothing else.
 *
 * A probe MUST NOT write, lock, commit offsets or create spans (tracing is suppressed round its calls). A store that does
 * not answer is an answer (`unreachable`), never an exception; neither call takes longer than the probe's own limit.
 */
export interface StoreProbe extends AsyncDisposable {
  readonly store: StoreName;
  readonly address: string;
  identify(): Promise<Identification>;
  observe(request: ProbeRequest): Promise<StoreObservation>;
}
