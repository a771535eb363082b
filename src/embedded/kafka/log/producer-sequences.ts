import { ErrorCode } from '../protocol/error-code.js';
import type { BatchHeader } from './batch-header.js';

const REMEMBERED_BATCHES = 5;
const REMEMBERED_PRODUCERS = 10_000;
const SEQUENCES = 2 ** 31;

/** Whether a batch of an idempotent producer is the next one, one that was already appended, or neither. */
export type SequenceVerdict =
  | { readonly kind: 'next' }
  | { readonly kind: 'duplicate'; readonly baseOffset: bigint }
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode };

interface Remembered {
  readonly epoch: number;
  readonly batches: readonly { readonly first: number; readonly last: number; readonly baseOffset: bigint }[];
}

/**
 * What idempotent producers appended to one partition: the last five batches of each, so that a batch sent again after a lost
 * acknowledgement is answered with its first offset and not appended twice.
 */
export class ProducerSequences {
  readonly #producers = new Map<bigint, Remembered>();

  judge(batch: BatchHeader): SequenceVerdict {
    const known = this.#producers.get(batch.producerId);
    if (batch.producerId < 0n || !known) return { kind: 'next' };
    if (batch.producerEpoch < known.epoch) return refused(ErrorCode.invalidProducerEpoch);
    if (batch.producerEpoch > known.epoch) {
      return batch.baseSequence === 0 ? { kind: 'next' } : refused(ErrorCode.outOfOrderSequenceNumber);
    }
    return judgeSequence(known, batch);
  }

  /** Remembers an appended batch. The producers that were quiet for longest are forgotten first. */
  remember(batch: BatchHeader, baseOffset: bigint): void {
    if (batch.producerId < 0n) return;
    const known = this.#producers.get(batch.producerId);
    const earlier = known?.epoch === batch.producerEpoch ? known.batches : [];
    const appended = { first: batch.baseSequence, last: lastSequence(batch), baseOffset };
    const batches = [...earlier, appended].slice(-REMEMBERED_BATCHES);
    this.#keep(batch.producerId, { epoch: batch.producerEpoch, batches });
  }

  /** Batches of an older epoch than this are refused; the new one begins to count anew. */
  fence(producerId: bigint, epoch: number): void {
    const known = this.#producers.get(producerId);
    if (known && known.epoch < epoch) this.#keep(producerId, { epoch, batches: [] });
  }

  #keep(producerId: bigint, remembered: Remembered): void {
    this.#producers.delete(producerId);
    this.#producers.set(producerId, remembered);
    const [oldest] = this.#producers.keys();
    if (this.#producers.size > REMEMBERED_PRODUCERS && oldest !== undefined) this.#producers.delete(oldest);
  }
}

function judgeSequence(known: Remembered, batch: BatchHeader): SequenceVerdict {
  const last = lastSequence(batch);
  const same = known.batches.find((earlier) => earlier.first === batch.baseSequence && earlier.last === last);
  if (same) return { kind: 'duplicate', baseOffset: same.baseOffset };
  const newest = known.batches.at(-1)?.last ?? -1;
  if (batch.baseSequence === (newest + 1) % SEQUENCES) return { kind: 'next' };
  return refused(ErrorCode.outOfOrderSequenceNumber);
}

/** Sequence numbers go round after 2^31 - 1. */
function lastSequence(batch: BatchHeader): number {
  return (batch.baseSequence + batch.recordCount - 1) % SEQUENCES;
}

function refused(errorCode: ErrorCode): SequenceVerdict {
  return { kind: 'refused', errorCode };
}
