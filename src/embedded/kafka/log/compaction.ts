/**
 * Compaction: of each key only the last record stays, at its offset. What a real broker does in the background now and then is
 * done here at the moments at which it may first happen: when a segment is closed.
 *
 *   ├── clean ──┤── dirty ──┤── the active segment, or behind an open transaction: left alone ──┤
 *
 * A tombstone stays for a while after it was compacted first, for readers that are on their way.
 */
import { headerOf, isControl } from './batch-header.js';
import { type BatchRecord, keepRecords, recordsOf } from './batch-records.js';
import { type StoredBatch, sizeOf } from './stored-batch.js';

export interface CompactionTerms {
  /** A batch that is so much younger than the first one of the active segment begins a new one. */
  readonly segmentMs: number;
  /** Not before dirty batches make more than this part of all that could be compacted. */
  readonly minDirtyRatio: number;
  /** How long tombstones stay. */
  readonly tombstoneMs: number;
}

export interface CompactionScope {
  /** Only what is before: the first offset that is not certain yet. */
  readonly stableUntil: bigint;
  readonly isAborted: (producerId: bigint, offset: bigint) => boolean;
  readonly nowMs: number;
}

/** Where one partition's segments and its compaction stand. */
export class Compactor {
  readonly #terms: CompactionTerms;
  #active: { readonly from: bigint; readonly bornMs: bigint } | undefined;
  #cleanUntil = 0n;

  constructor(terms: CompactionTerms) {
    this.#terms = terms;
  }

  /** Takes note of an appended batch. True when it has begun a new segment. */
  appended({ baseOffset, maxTimestampMs }: StoredBatch): boolean {
    const isFirst = this.#active === undefined;
    const born = this.#active?.bornMs ?? maxTimestampMs;
    if (!isFirst && maxTimestampMs - born <= BigInt(this.#terms.segmentMs)) return false;
    this.#active = { from: baseOffset, bornMs: maxTimestampMs };
    return !isFirst;
  }

  /** The batches as they are after compaction; the very same when it is not worth it yet. */
  compact(batches: readonly StoredBatch[], scope: CompactionScope): readonly StoredBatch[] {
    const activeFrom = this.#active?.from ?? 0n;
    const until = scope.stableUntil < activeFrom ? scope.stableUntil : activeFrom;
    const closed = batches.filter(({ lastOffset }) => lastOffset < until);
    const dirty = closed.filter(({ lastOffset }) => lastOffset >= this.#cleanUntil);
    if (dirty.length === 0 || sizeOf(dirty) / sizeOf(closed) <= this.#terms.minDirtyRatio) return batches;
    this.#cleanUntil = until;
    const rest = batches.slice(closed.length);
    return [...cleaned(closed, scope, this.#terms.tombstoneMs), ...rest];
  }
}

function cleaned(closed: readonly StoredBatch[], scope: CompactionScope, tombstoneMs: number): readonly StoredBatch[] {
  const last = lastOffsets(closed, scope);
  return closed.flatMap((batch) => {
    const header = headerOf(batch.bytes);
    const records = isControl(header) ? undefined : recordsOf(batch.bytes);
    if (!records) return [batch];
    const { tombstonesUntilMs = scope.nowMs + tombstoneMs } = batch;
    const tombstonesGo = tombstonesUntilMs <= scope.nowMs;
    const kept = records.filter(
      (record) => last.get(keyOf(record)) === offsetOf(batch, record) && !(record.isTombstone && tombstonesGo),
    );
    if (kept.length === 0) return [];
    const bytes = kept.length === records.length ? batch.bytes : keepRecords(batch.bytes, kept);
    return [{ ...batch, bytes, tombstonesUntilMs }];
  });
}

/** By key, the offset of its last record; what an aborted transaction wrote counts for nothing. */
function lastOffsets(batches: readonly StoredBatch[], { isAborted }: CompactionScope): ReadonlyMap<string, bigint> {
  const last = new Map<string, bigint>();
  for (const batch of batches) {
    const header = headerOf(batch.bytes);
    if (isControl(header) || isAborted(header.producerId, batch.baseOffset)) continue;
    for (const record of recordsOf(batch.bytes) ?? []) last.set(keyOf(record), offsetOf(batch, record));
  }
  return last;
}

function keyOf({ key }: BatchRecord): string {
  return key?.toString('latin1') ?? '';
}

function offsetOf({ baseOffset }: StoredBatch, { offsetDelta }: BatchRecord): bigint {
  return baseOffset + BigInt(offsetDelta);
}
