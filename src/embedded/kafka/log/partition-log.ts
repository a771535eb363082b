import { ErrorCode } from '../protocol/error-code.js';
import { controlBatch, type TransactionEnd } from './control-batch.js';
import { ProducerSequences } from './producer-sequences.js';
import { type BatchHeader, checkBatch, headerOf, isTransactional, placedAt, recordTimesMs } from './record-batch.js';
import { type AbortedTransaction, TransactionIndex } from './transaction-index.js';

export interface LogLimits {
  readonly maxBatchBytes: number;
  /** Above this the oldest batches are dropped, never the last one. */
  readonly retentionBytes: number;
}

export type AppendResult =
  | { readonly ok: true; readonly baseOffset: bigint }
  | { readonly ok: false; readonly errorCode: ErrorCode };

export type ReadResult =
  | { readonly ok: true; readonly records: Buffer }
  | { readonly ok: false; readonly errorCode: ErrorCode };

export type TimeLookup =
  | { readonly kind: 'found'; readonly offset: bigint; readonly timestampMs: bigint }
  | { readonly kind: 'later-than-all' }
  | { readonly kind: 'unreadable' };

interface StoredBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly maxTimestampMs: bigint;
  readonly bytes: Buffer;
}

interface ReadOptions {
  readonly maxBytes: number;
  readonly evenIfLarger: boolean;
  /** Default: the end. */
  readonly until?: bigint;
}

/** One partition: batches in the order of their offsets, in memory. */
export class PartitionLog {
  readonly #limits: LogLimits;
  readonly #producers = new ProducerSequences();
  readonly #transactions = new TransactionIndex();
  #batches: StoredBatch[] = [];
  #heldBytes = 0;
  #startOffset = 0n;
  #endOffset = 0n;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** The first offset that can be read. */
  get startOffset(): bigint {
    return this.#startOffset;
  }

  /** The offset of the next record. */
  get endOffset(): bigint {
    return this.#endOffset;
  }

  /** Nothing from here on is certain: a transaction that began here may yet be aborted. The end when none is open. */
  get lastStableOffset(): bigint {
    const firstOpen = this.#transactions.firstOpenOffset ?? this.#endOffset;
    return firstOpen > this.#startOffset ? firstOpen : this.#startOffset;
  }

  /** `refuse` may have a reason against a batch that is sound in itself. */
  append(bytes: Buffer, refuse: (header: BatchHeader) => ErrorCode = () => ErrorCode.none): AppendResult {
    if (bytes.length > this.#limits.maxBatchBytes) return { ok: false, errorCode: ErrorCode.messageTooLarge };
    const checked = checkBatch(bytes);
    if (!checked.ok) return checked;
    const { header } = checked;
    const refusal = refuse(header);
    if (refusal !== ErrorCode.none) return { ok: false, errorCode: refusal };
    const verdict = this.#producers.judge(header);
    if (verdict.kind === 'refused') return { ok: false, errorCode: verdict.errorCode };
    if (verdict.kind === 'duplicate') return { ok: true, baseOffset: verdict.baseOffset };
    const baseOffset = this.#store(bytes, header);
    if (isTransactional(header)) this.#transactions.wrote(header.producerId, baseOffset);
    this.#producers.remember(header, baseOffset);
    this.#retain();
    return { ok: true, baseOffset };
  }

  /** Writes down how a producer's transaction ended; what it wrote with an older epoch is refused from here on. */
  endTransaction(end: TransactionEnd, nowMs: number): void {
    const bytes = controlBatch(end, BigInt(Math.trunc(nowMs)));
    const offset = this.#store(bytes, headerOf(bytes));
    this.#transactions.ended(end.producerId, { committed: end.committed, offset });
    this.#producers.fence(end.producerId, end.producerEpoch);
    this.#retain();
  }

  /** Aborted transactions with records from `start` on and before `until`. */
  abortedWithin(start: bigint, until: bigint): readonly AbortedTransaction[] {
    return this.#transactions.abortedWithin(start, until);
  }

  /**
   * Whole batches from the one that holds `offset` on and before `until`, at most `maxBytes` of them. The first one MAY be
   * larger than that when `evenIfLarger`: otherwise a consumer could never get past it.
   */
  read(offset: bigint, options: ReadOptions): ReadResult {
    if (offset < this.#startOffset || offset > this.#endOffset) {
      return { ok: false, errorCode: ErrorCode.offsetOutOfRange };
    }
    const { until = this.#endOffset } = options;
    const chosen: Buffer[] = [];
    let size = 0;
    for (let i = this.#indexOf(offset); i < this.#batches.length; i++) {
      const batch = this.#batches[i];
      if (!batch || batch.baseOffset >= until) break;
      const { bytes } = batch;
      const fits = size + bytes.length <= options.maxBytes;
      if (!fits && !(chosen.length === 0 && options.evenIfLarger)) break;
      chosen.push(bytes);
      size += bytes.length;
    }
    return { ok: true, records: Buffer.concat(chosen, size) };
  }

  /** The first record made at `timestampMs` or later. */
  findTime(timestampMs: bigint): TimeLookup {
    for (const batch of this.#batches) {
      if (batch.maxTimestampMs < timestampMs) continue;
      const times = recordTimesMs(batch.bytes);
      if (!times) return { kind: 'unreadable' };
      const index = times.findIndex((time, i) => time >= timestampMs && this.#isHeld(batch, i));
      const time = times[index];
      if (time !== undefined) return { kind: 'found', offset: batch.baseOffset + BigInt(index), timestampMs: time };
    }
    return { kind: 'later-than-all' };
  }

  /** Forgets all before `offset`; -1 means all there is. Gives the new start, or undefined for an offset outside the log. */
  deleteBefore(offset: bigint): bigint | undefined {
    const until = offset === -1n ? this.#endOffset : offset;
    if (until < 0n || until > this.#endOffset) return undefined;
    if (until > this.#startOffset) this.#startOffset = until;
    while (this.#batches[0] && this.#batches[0].lastOffset < this.#startOffset) this.#dropOldest();
    this.#transactions.forgetBefore(this.#startOffset);
    return this.#startOffset;
  }

  #store(bytes: Buffer, { recordCount, maxTimestampMs }: BatchHeader): bigint {
    const baseOffset = this.#endOffset;
    const lastOffset = baseOffset + BigInt(recordCount - 1);
    this.#batches.push({ baseOffset, lastOffset, maxTimestampMs, bytes: placedAt(bytes, baseOffset) });
    this.#heldBytes += bytes.length;
    this.#endOffset = lastOffset + 1n;
    return baseOffset;
  }

  #isHeld(batch: StoredBatch, index: number): boolean {
    return batch.baseOffset + BigInt(index) >= this.#startOffset;
  }

  #retain(): void {
    while (this.#heldBytes > this.#limits.retentionBytes && this.#batches.length > 1) {
      this.#dropOldest();
      this.#startOffset = this.#batches[0]?.baseOffset ?? this.#endOffset;
      this.#transactions.forgetBefore(this.#startOffset);
    }
  }

  #dropOldest(): void {
    this.#heldBytes -= this.#batches.shift()?.bytes.length ?? 0;
  }

  /** Index of the first batch that ends at `offset` or later. */
  #indexOf(offset: bigint): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#batches[middle]?.lastOffset ?? offset) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
