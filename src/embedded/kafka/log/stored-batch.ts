/** A batch as it is kept, with what is asked of it often. */
export interface StoredBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly maxTimestampMs: bigint;
  readonly bytes: Buffer;
  /** Since the batch was compacted first: when its tombstones may go. */
  readonly tombstonesUntilMs?: number;
}

export function sizeOf(batches: readonly StoredBatch[]): number {
  return batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
