/**
 * What can be wrong between a probe and what it reads. Each is told from the others by what was seen on the socket or said by
 * the server.
 */
export const STORE_FAILURE_KINDS = [
  /** Nothing listens. */
  'refused',
  'unknown-host',
  'no-route',
  /** Took no connection, or took one and said nothing, until the time was up. */
  'silent',
  'hung-up',
  /** The server speaks TLS and was asked without. */
  'tls-expected',
  /** The server speaks without TLS and was asked with it. */
  'plain-expected',
  /** Its certificate does not prove who it is, or it asks for one of ours. */
  'untrusted',
  'other-protocol',
  'credentials',
  'no-database',
  'no-topic',
  /** It is there, and answers that it cannot. */
  'unable',
  /** It has an answer that nothing can be concluded from. */
  'unreadable',
] as const;
export type StoreFailureKind = (typeof STORE_FAILURE_KINDS)[number];

/** Why a store did not answer. */
export interface StoreFailure {
  readonly kind: StoreFailureKind;
  readonly address: string;
  /** What was seen, as the rest of a sentence that begins with the address: `refuses the connection: nothing listens there`. */
  readonly saw: string;
  /** What to do about it, one sentence. */
  readonly nextStep: string;
}
