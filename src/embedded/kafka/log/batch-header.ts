/**
 * The head of a record batch, format 2: what producers send, what is kept, and what consumers get, all the same bytes.
 *
 * The checksum starts behind the base offset, so the broker may write the offset into a batch without touching its contents.
 */
import { crc32c } from '../codec/crc32c.js';

export const HEADER_BYTES = 61;
export const MAGIC = 2;
const LENGTH_AT = 8;
const LENGTH_STARTS_BEHIND = 12;
const LEADER_EPOCH_AT = 12;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
const CHECKSUMMED_FROM = 21;
const RECORD_COUNT_AT = 57;
const COMPRESSION_BITS = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;

export interface BatchHeader {
  readonly attributes: number;
  /** The offset of the last record as the batch was made, behind the first one's. */
  readonly lastOffsetDelta: number;
  readonly recordCount: number;
  readonly baseTimestampMs: bigint;
  readonly maxTimestampMs: bigint;
  /** -1 when the producer is not idempotent. */
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** How many bytes the batch says it has; undefined when this is no batch of format 2. */
export function statedLength(bytes: Buffer): number | undefined {
  const isBatch = bytes.length > HEADER_BYTES && bytes.readInt8(MAGIC_AT) === MAGIC;
  return isBatch ? bytes.readInt32BE(LENGTH_AT) + LENGTH_STARTS_BEHIND : undefined;
}

export function hasRightChecksum(bytes: Buffer): boolean {
  return bytes.readUInt32BE(CHECKSUM_AT) === crc32c(bytes.subarray(CHECKSUMMED_FROM));
}

/** Reads the header of a whole batch. */
export function headerOf(bytes: Buffer): BatchHeader {
  return {
    attributes: bytes.readInt16BE(21),
    lastOffsetDelta: bytes.readInt32BE(23),
    baseTimestampMs: bytes.readBigInt64BE(27),
    maxTimestampMs: bytes.readBigInt64BE(35),
    producerId: bytes.readBigInt64BE(43),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
    recordCount: bytes.readInt32BE(RECORD_COUNT_AT),
  };
}

export function compressionOf({ attributes }: BatchHeader): number {
  return attributes & COMPRESSION_BITS;
}

/** Whether the batch belongs to a transaction. */
export function isTransactional({ attributes }: BatchHeader): boolean {
  return (attributes & TRANSACTIONAL_BIT) !== 0;
}

/** Whether the batch says how a transaction ended. */
export function isControl({ attributes }: BatchHeader): boolean {
  return (attributes & CONTROL_BIT) !== 0;
}

/** Whether the batch's times are those of the broker. */
export function hasBrokerTime({ attributes }: BatchHeader): boolean {
  return (attributes & LOG_APPEND_TIME_BIT) !== 0;
}

/** A copy of the batch that begins at `baseOffset`. */
export function placedAt(bytes: Buffer, baseOffset: bigint): Buffer {
  const placed = Buffer.from(bytes);
  placed.writeBigInt64BE(baseOffset, 0);
  placed.writeInt32BE(0, LEADER_EPOCH_AT);
  return placed;
}

/** The batch with other records in it; offsets and times of the header stay. */
export function withRecords(bytes: Buffer, records: Buffer, recordCount: number): Buffer {
  const changed = Buffer.concat([bytes.subarray(0, HEADER_BYTES), records]);
  changed.writeInt32BE(changed.length - LENGTH_STARTS_BEHIND, LENGTH_AT);
  changed.writeInt32BE(recordCount, RECORD_COUNT_AT);
  changed.writeUInt32BE(crc32c(changed.subarray(CHECKSUMMED_FROM)), CHECKSUM_AT);
  return changed;
}
