import { gunzipSync, gzipSync } from 'node:zlib';
import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { compressionOf, HEADER_BYTES, headerOf, withRecords } from './batch-header.js';

const NO_COMPRESSION = 0;
const GZIP = 1;
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

/** One record of a batch, as views of its bytes. */
export interface BatchRecord {
  readonly timestampMs: bigint;
  /** Its offset behind the batch's first. */
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  /** Without a value: it says that the key is no more. */
  readonly isTombstone: boolean;
  readonly bytes: Buffer;
}

/**
 * The records of a batch, in order; undefined when they are compressed in a way that is not read here. Throws when they are
 * not what the header says.
 */
export function recordsOf(batch: Buffer): readonly BatchRecord[] | undefined {
  const { baseTimestampMs, recordCount } = headerOf(batch);
  const plain = plainRecords(batch);
  if (!plain) return undefined;
  const from = new ByteReader(plain);
  const records: BatchRecord[] = [];
  while (records.length < recordCount) {
    const start = plain.length - from.remaining;
    const body = new ByteReader(from.slice(Number(from.varint())));
    const bytes = plain.subarray(start, plain.length - from.remaining);
    records.push({ ...readBody(body, baseTimestampMs), bytes });
  }
  if (from.remaining > 0) throw new MalformedBytes('bytes behind the last record');
  return records;
}

/** The batch with these of its records only. */
export function keepRecords(batch: Buffer, kept: readonly BatchRecord[]): Buffer {
  const plain = Buffer.concat(kept.map(({ bytes }) => bytes));
  const records = compressionOf(headerOf(batch)) === GZIP ? gzipSync(plain) : plain;
  return withRecords(batch, records, kept.length);
}

function readBody(body: ByteReader, baseTimestampMs: bigint): Omit<BatchRecord, 'bytes'> {
  body.int8(); // attributes, of which there are none
  const timestampMs = baseTimestampMs + body.varint();
  const offsetDelta = Number(body.varint());
  const key = nullableSlice(body);
  const isTombstone = nullableSlice(body) === null;
  return { timestampMs, offsetDelta, key, isTombstone };
}

function nullableSlice(from: ByteReader): Buffer | null {
  const length = Number(from.varint());
  return length === -1 ? null : from.slice(length);
}

function plainRecords(batch: Buffer): Buffer | undefined {
  const records = batch.subarray(HEADER_BYTES);
  const compression = compressionOf(headerOf(batch));
  if (compression === NO_COMPRESSION) return records;
  return compression === GZIP ? gunzipSync(records, { maxOutputLength: MAX_INFLATED_BYTES }) : undefined;
}
