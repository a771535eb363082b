import { ErrorCode } from '../protocol/error-code.js';
import { type BatchHeader, headerOf, isControl, isTransactional, placedAt } from './batch-header.js';
import { type BatchRecord, recordsOf } from './batch-records.js';
import { checkBatch } from './check-batch.js';
import { type CompactionTerms, Compactor } from './compaction.js';
import { controlBatch, type TransactionEnd } from './control-batch.js';
import { ProducerSequences } from './producer-sequences.js';
import { type StoredBatch, sizeOf } from './stored-batch.js';
import { type AbortedTransaction, TransactionIndex } from './transaction-index.js';

export interface LogLimits {
  readonly maxBatchBytes: number;
  /** How much is held, save that the last batch always is. */
  readonly retentionBytes: number;
  /** Above the limit, the oldest batches are dropped or new ones are refused. */
  readonly whenFull: 'drop-oldest' | 'refuse';
  /** Undefined: nothing is compacted. */
  readonly compaction: CompactionTerms | undefined;
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

interface ReadOptions {
  readonly maxBytes: number;
  readonly evenIfLarger: boolean;
  /** Default: the end. */
  readonly until?: bigint;
}

/** A reason against a batch that is sound in itself. */
export type Objection = (header: BatchHeader) => ErrorCode;

/** One partition: batches in the order of their offsets, in memory. */
export class PartitionLog {
  readonly #limits: LogLimits;
  readonly #producers = new ProducerSequences();
  readonly #transactions = new TransactionIndex();
  readonly #compactor: Compactor | undefined;
  #batches: StoredBatch[] = [];
  #heldBytes = 0;
  #startOffset = 0n;
  #endOffset = 0n;

  constructor(limits: LogLimits) {
    this.#limits = limits;
    this.#compactor = limits.compaction && new Compactor(limits.compaction);
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

  append(bytes: Buffer, nowMs: number, objection: Objection = () => ErrorCode.none): AppendResult {
    if (bytes.length > this.#limits.maxBatchBytes) return refused(ErrorCode.messageTooLarge);
    const checked = checkBatch(bytes);
    if (!checked.ok) return checked;
    const { header, records } = checked;
    const refusal = objection(header) || this.#refuse(bytes, records);
    if (refusal !== ErrorCode.none) return refused(refusal);
    const verdict = this.#producers.judge(header);
    if (verdict.kind === 'refused') return refused(verdict.errorCode);
    if (verdict.kind === 'duplicate') return { ok: true, baseOffset: verdict.baseOffset };
    const baseOffset = this.#endOffset;
    if (isTransactional(header)) this.#transactions.wrote(header.producerId, baseOffset);
    this.#producers.remember(header, baseOffset);
    this.#store(bytes, header, nowMs);
    return { ok: true, baseOffset };
  }

  /** Writes down how a producer's transaction ended; what it sends with an older epoch is refused from here on. */
  endTransaction(end: TransactionEnd, nowMs: number): void {
    const bytes = controlBatch(end, BigInt(Math.trunc(nowMs)));
    this.#transactions.ended(end.producerId, { committed: end.committed, offset: this.#endOffset });
    this.#producers.fence(end.producerId, end.producerEpoch);
    this.#store(bytes, headerOf(bytes), nowMs);
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
    if (offset < this.#startOffset || offset > this.#endOffset) return refused(ErrorCode.offsetOutOfRange);
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
    for (const { baseOffset, maxTimestampMs, bytes } of this.#batches) {
      if (maxTimestampMs < timestampMs) continue;
      const records = recordsOf(bytes);
      if (!records) return { kind: 'unreadable' };
      const places = records.map((one) => ({ ...one, offset: baseOffset + BigInt(one.offsetDelta) }));
      const found = places.find((one) => one.timestampMs >= timestampMs && one.offset >= this.#startOffset);
      if (found) return { kind: 'found', offset: found.offset, timestampMs: found.timestampMs };
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

  #refuse(bytes: Buffer, records: readonly BatchRecord[] | undefined): ErrorCode {
    const { whenFull, retentionBytes, compaction } = this.#limits;
    if (whenFull === 'refuse' && this.#heldBytes + bytes.length > retentionBytes) return ErrorCode.policyViolation;
    if (!compaction) return ErrorCode.none;
    // What cannot be read could not be compacted, and what has no key would be compacted away.
    if (!records) return ErrorCode.unsupportedCompressionType;
    return records.some(({ key }) => key === null) ? ErrorCode.invalidRecord : ErrorCode.none;
  }

  #store(bytes: Buffer, header: BatchHeader, nowMs: number): void {
    const { lastOffsetDelta, maxTimestampMs } = header;
    const baseOffset = this.#endOffset;
    const lastOffset = baseOffset + BigInt(lastOffsetDelta);
    const batch = { baseOffset, lastOffset, maxTimestampMs, bytes: placedAt(bytes, baseOffset) };
    this.#batches.push(batch);
    this.#heldBytes += bytes.length;
    this.#endOffset = lastOffset + 1n;
    this.#compact(batch, header, nowMs);
    this.#retain();
  }

  /** There is more to compact when a segment was closed, and when a transaction has ended. */
  #compact(appended: StoredBatch, header: BatchHeader, nowMs: number): void {
    const compactor = this.#compactor;
    const hasRolled = compactor?.appended(appended) ?? false;
    if (!compactor || !(hasRolled || isControl(header))) return;
    this.#batches = [
      ...compactor.compact(this.#batches, {
        stableUntil: this.lastStableOffset,
        isAborted: (producerId, offset) => this.#transactions.isAborted(producerId, offset),
        nowMs,
      }),
    ];
    this.#heldBytes = sizeOf(this.#batches);
  }

  #retain(): void {
    if (this.#limits.whenFull === 'refuse') return;
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

function refused(errorCode: ErrorCode): { readonly ok: false; readonly errorCode: ErrorCode } {
  return { ok: false, errorCode };
}
