import type { StoreName } from './observation.js';
import type { StoreFailureKind } from './store-failure.js';

/** What can be checked: a store through its probe, or any endpoint. */
export type CheckKind = StoreName | 'http' | 'tcp' | 'dns';

interface Checked {
  /** What it is called in tables: the store's name, or what was asked for. */
  readonly name: string;
  readonly kind: CheckKind;
  readonly address: string;
  /** Who says what it is; undefined where the protocol has no word for it. */
  readonly product: string | undefined;
  readonly version: string | undefined;
  /** From the question to its answer; for a service that is not there, until that was known. */
  readonly latencyMs: number;
  /** What was seen, as the rest of a sentence that begins with the address. */
  readonly saw: string;
}

/** Whether a service is there and answers as what it should be. */
export type ServiceHealth =
  | (Checked & { readonly state: 'healthy' })
  | (Checked & { readonly state: 'unhealthy'; readonly failure: StoreFailureKind; readonly nextStep: string });

export type HealthState = ServiceHealth['state'];
