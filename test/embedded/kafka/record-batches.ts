import { gzipSync } from 'node:zlib';
import { crc32c } from '../../../src/embedded/kafka/codec/crc32c.js';
import type { LogLimits } from '../../../src/embedded/kafka/log/partition-log.js';

export const LIMITS: LogLimits = {
  maxBatchBytes: 10_000,
  retentionBytes: 1_000_000,
  whenFull: 'drop-oldest',
  compaction: undefined,
};

export interface BatchOptions {
  readonly producerId?: bigint;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly attributes?: number;
  readonly times?: readonly number[];
  readonly gzip?: boolean;
}

export interface KeyedRecord {
  readonly key: string | null;
  readonly value: string | null;
}

const EMPTY: KeyedRecord = { key: null, value: null };

/** A record batch of format 2 as a producer sends it: of empty records, one for each time. */
export function batchOf(count: number, options: BatchOptions = {}): Buffer {
  const times = options.times ?? Array.from({ length: count }, () => 0);
  return batchWith(
    times.map(() => EMPTY),
    { ...options, times },
  );
}

/** A record batch of format 2 as a producer sends it, of records with short keys and values. */
export function batchWith(records: readonly KeyedRecord[], options: BatchOptions = {}): Buffer {
  const times = options.times ?? records.map(() => 0);
  const plain = Buffer.concat(records.map((record, i) => recordOf(record, times[i] ?? 0, i)));
  const attributes = (options.attributes ?? 0) | (options.gzip ? 1 : 0);
  const header = Buffer.alloc(61);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(records.length - 1, 23);
  header.writeBigInt64BE(BigInt(Math.max(...times)), 35);
  header.writeBigInt64BE(options.producerId ?? -1n, 43);
  header.writeInt16BE(options.epoch ?? 0, 51);
  header.writeInt32BE(options.sequence ?? 0, 53);
  header.writeInt32BE(records.length, 57);
  const bytes = Buffer.concat([header, options.gzip ? gzipSync(plain) : plain]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** Every number in it is small enough for one byte, where it stands doubled. */
function recordOf({ key, value }: KeyedRecord, time: number, offset: number): Buffer {
  const body = Buffer.concat([Buffer.from([0, time * 2, offset * 2]), textOf(key), textOf(value), Buffer.from([0])]);
  return Buffer.concat([Buffer.from([body.length * 2]), body]);
}

function textOf(text: string | null): Buffer {
  if (text === null) return Buffer.from([1]);
  return Buffer.concat([Buffer.from([text.length * 2]), Buffer.from(text)]);
}
