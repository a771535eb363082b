import type { ProbeRequest, ServerIdentity, StoreFailure, StoreName, StoreObservation } from '../model/index.js';

/** Who answers at an address, or why nobody does. */
export type Identification =
  | { readonly status: 'identified'; readonly server: ServerIdentity }
  | { readonly status: 'unreachable'; readonly failure: StoreFailure };

/**
 * Reads a store, and nothing else.
 *
 * A probe MUST NOT write, lock, commit offsets or create spans (tracing is suppressed round its calls). A store that does
 * not answer is an answer (`unreachable`), never an exception; no question takes longer than the probe's own limit, once the
 * client is loaded.
 */
export interface StoreProbe extends AsyncDisposable {
  readonly store: StoreName;
  readonly address: string;
  /**
   * Loads the client's package: that is no time of the store, and on a busy machine no short one. A question does so by itself.
   * Throws TracecourtError `package-missing`.
   */
  load(): Promise<void>;
  identify(): Promise<Identification>;
  /**
   * Gets ready to see what is left in the store from now on, where that takes time: called before the first request. MAY be
   * left out. Gives why it could not, if so.
   */
  watch(): Promise<StoreFailure | undefined>;
  observe(request: ProbeRequest): Promise<StoreObservation>;
}
