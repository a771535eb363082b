import { crc32c } from '../../../src/embedded/kafka/codec/crc32c.js';

export interface BatchOptions {
  readonly producerId?: bigint;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly attributes?: number;
  readonly times?: readonly number[];
}

/** A record batch of format 2 as a producer sends it: of empty records, one for each time. */
export function batchOf(count: number, options: BatchOptions = {}): Buffer {
  const times = options.times ?? Array.from({ length: count }, () => 0);
  // attributes, time delta, offset delta, key -1, value -1, no headers; all small enough for one byte each.
  const records = times.map((time, i) => Buffer.from([12, 0, time * 2, i * 2, 1, 1, 0]));
  const header = Buffer.alloc(61);
  header.writeInt8(2, 16);
  header.writeInt16BE(options.attributes ?? 0, 21);
  header.writeInt32BE(count - 1, 23);
  header.writeBigInt64BE(BigInt(Math.max(...times)), 35);
  header.writeBigInt64BE(options.producerId ?? -1n, 43);
  header.writeInt16BE(options.epoch ?? 0, 51);
  header.writeInt32BE(options.sequence ?? 0, 53);
  header.writeInt32BE(count, 57);
  const bytes = Buffer.concat([header, ...records]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}
