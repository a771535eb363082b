import type { SpanBatch } from '../src/model/index.js';
import type { SourceCounts } from './counts.js';

/** One export request as it came in: its bytes, for the recording, and its spans. */
export interface Arrival {
  readonly receivedAtUnixNano: bigint;
  readonly body: Uint8Array;
  readonly contentType: 'application/x-protobuf' | 'application/json';
  readonly batch: SpanBatch;
}

/**
 * Where spans come from.
 *
 * `deliver` is called once for each request, in order of arrival, before the sender is told that it was accepted. If it
 * throws, the sender MUST be told to try again.
 */
export interface SpanSource extends AsyncDisposable {
  /** Where it listens, for people: a URL. */
  readonly address: string;
  counts(): SourceCounts;
}

export type Deliver = (arrival: Arrival) => void;
