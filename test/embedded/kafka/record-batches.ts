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
  readonly compression?: Compression;
}

export interface Compression {
  /** Its number in the attributes of a batch. */
  readonly bits: number;
  readonly compress: (bytes: Buffer) => Buffer;
}

export const GZIP: Compression = { bits: 1, compress: gzipSync };

/** Snappy's own format, in which nothing is ever repeated: the length, then pieces as they are. */
export const SNAPPY: Compression = {
  bits: 2,
  compress: (bytes) => Buffer.concat([Buffer.from([bytes.length, (bytes.length - 1) << 2]), bytes]),
};

export interface KeyedRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
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
  const { bits, compress } = options.compression ?? { bits: 0, compress: (bytes) => bytes };
  const header = Buffer.alloc(61);
  header.writeInt8(2, 16);
  header.writeInt16BE((options.attributes ?? 0) | bits, 21);
  header.writeInt32BE(records.length - 1, 23);
  header.writeBigInt64BE(BigInt(Math.max(...times)), 35);
  header.writeBigInt64BE(options.producerId ?? -1n, 43);
  header.writeInt16BE(options.epoch ?? 0, 51);
  header.writeInt32BE(options.sequence ?? 0, 53);
  header.writeInt32BE(records.length, 57);
  const bytes = Buffer.concat([header, compress(plain)]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** Every number in it is small enough for one byte, where it stands doubled. */
function recordOf({ key, value, headers = [] }: KeyedRecord, time: number, offset: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, time * 2, offset * 2]),
    textOf(key),
    textOf(value),
    Buffer.from([headers.length * 2]),
    ...headers.flat().map(textOf),
  ]);
  return Buffer.concat([Buffer.from([body.length * 2]), body]);
}

function textOf(text: string | null): Buffer {
  if (text === null) return Buffer.from([1]);
  return Buffer.concat([Buffer.from([text.length * 2]), Buffer.from(text)]);
}
