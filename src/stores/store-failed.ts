import type { ObservationUnreachable, ProbeRequest, StoreFailure } from '../model/index.js';

/** Carries a failure up to the probe's own border, where it becomes an answer. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(`${failure.address} ${failure.saw}`, options);
    this.failure = failure;
  }
}

/** The observation of a store that did not answer. */
export function unreachable(
  { effect, query }: ProbeRequest,
  { kind, address, saw, nextStep }: StoreFailure,
  observedAtUnixNano: bigint,
): ObservationUnreachable {
  return { status: 'unreachable', effect, query, address, kind, reason: saw, nextStep, observedAtUnixNano };
}
