/**
 * A record batch, format 2: what producers send, what is kept, and what consumers get, all the same bytes.
 *
 * The checksum starts behind the base offset, so the broker may write the offset into a batch without touching its contents.
 */
import { gunzipSync } from 'node:zlib';
import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { crc32c } from '../codec/crc32c.js';
import { ErrorCode } from '../protocol/error-code.js';

const HEADER_BYTES = 61;
const LENGTH_STARTS_BEHIND = 12;
const LEADER_EPOCH_AT = 12;
const CHECKSUMMED_FROM = 21;
const MAGIC = 2;
const COMPRESSION_BITS = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;
const NO_COMPRESSION = 0;
const GZIP = 1;
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

export interface BatchHeader {
  readonly attributes: number;
  readonly recordCount: number;
  readonly baseTimestampMs: bigint;
  readonly maxTimestampMs: bigint;
  /** -1 when the producer is not idempotent. */
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

export type CheckedBatch =
  | { readonly ok: true; readonly header: BatchHeader }
  | { readonly ok: false; readonly errorCode: ErrorCode };

/**
 * Checks what a producer sent: exactly one batch, of format 2, whole, with the right checksum, no control batch, and its
 * records countable. Records compressed other than with gzip are not looked into.
 */
export function checkBatch(bytes: Buffer): CheckedBatch {
  const whole = bytes.length > HEADER_BYTES && bytes.readInt8(16) === MAGIC;
  if (!whole) return refused(ErrorCode.corruptMessage);
  const length = bytes.readInt32BE(8) + LENGTH_STARTS_BEHIND;
  if (length < bytes.length) return refused(ErrorCode.invalidRecord);
  if (length > bytes.length) return refused(ErrorCode.corruptMessage);
  if (bytes.readUInt32BE(17) !== crc32c(bytes.subarray(CHECKSUMMED_FROM))) return refused(ErrorCode.corruptMessage);
  const header = headerOf(bytes);
  if (header.attributes & (CONTROL_BIT | LOG_APPEND_TIME_BIT)) return refused(ErrorCode.invalidRecord);
  const lastOffsetDelta = bytes.readInt32BE(23);
  if (header.recordCount < 1 || lastOffsetDelta !== header.recordCount - 1) return refused(ErrorCode.invalidRecord);
  return recordsAreSound(bytes) ? { ok: true, header } : refused(ErrorCode.invalidRecord);
}

/** Whether the batch belongs to a transaction. */
export function isTransactional({ attributes }: BatchHeader): boolean {
  return (attributes & TRANSACTIONAL_BIT) !== 0;
}

/** A copy of the batch that begins at `baseOffset`. */
export function placedAt(bytes: Buffer, baseOffset: bigint): Buffer {
  const placed = Buffer.from(bytes);
  placed.writeBigInt64BE(baseOffset, 0);
  placed.writeInt32BE(0, LEADER_EPOCH_AT);
  return placed;
}

/** When each record was made, in order; undefined when the records are compressed in a way that is not read here. */
export function recordTimesMs(bytes: Buffer): readonly bigint[] | undefined {
  const { attributes, baseTimestampMs, recordCount } = headerOf(bytes);
  const records = plainRecords(bytes, attributes);
  if (!records) return undefined;
  const from = new ByteReader(records);
  const times: bigint[] = [];
  for (let i = 0; i < recordCount; i++) {
    const record = new ByteReader(from.slice(Number(from.varint())));
    record.int8();
    times.push(baseTimestampMs + record.varint());
    if (record.varint() !== BigInt(i)) throw new MalformedBytes('a record out of its order');
  }
  if (from.remaining > 0) throw new MalformedBytes('bytes behind the last record');
  return times;
}

/** Reads the header of a batch that was checked. */
export function headerOf(bytes: Buffer): BatchHeader {
  return {
    attributes: bytes.readInt16BE(21),
    baseTimestampMs: bytes.readBigInt64BE(27),
    maxTimestampMs: bytes.readBigInt64BE(35),
    producerId: bytes.readBigInt64BE(43),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
    recordCount: bytes.readInt32BE(57),
  };
}

function recordsAreSound(bytes: Buffer): boolean {
  try {
    recordTimesMs(bytes);
    return true;
  } catch {
    // Whatever the reason (a length past the end, gzip that is none, too much of it): no consumer could read these records.
    return false;
  }
}

function plainRecords(bytes: Buffer, attributes: number): Buffer | undefined {
  const records = bytes.subarray(HEADER_BYTES);
  const compression = attributes & COMPRESSION_BITS;
  if (compression === NO_COMPRESSION) return records;
  return compression === GZIP ? gunzipSync(records, { maxOutputLength: MAX_INFLATED_BYTES }) : undefined;
}

function refused(errorCode: ErrorCode): CheckedBatch {
  return { ok: false, errorCode };
}
