import { ByteWriter } from '../../byte-writer.js';
import { crc32c } from '../codec/crc32c.js';

const BATCH_OVERHEAD = 12;
const MAGIC = 2;
const TRANSACTIONAL_AND_CONTROL = 0x30;
const NO_SEQUENCE = -1;
const ABORT = 0;
const COMMIT = 1;

export interface TransactionEnd {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly committed: boolean;
}

/** The batch of one control record that says in a partition how a producer's transaction ended. Consumers never show it. */
export function controlBatch(end: TransactionEnd, timestampMs: bigint): Buffer {
  const body = new ByteWriter();
  body.int16(TRANSACTIONAL_AND_CONTROL);
  body.int32(0);
  body.int64(timestampMs);
  body.int64(timestampMs);
  body.int64(end.producerId);
  body.int16(end.producerEpoch);
  body.int32(NO_SEQUENCE);
  body.int32(1);
  body.bytes(endRecord(end.committed));
  const checksummed = body.finish();
  const batch = new ByteWriter();
  batch.int64(0n);
  batch.int32(BATCH_HEAD_BYTES - BATCH_OVERHEAD + checksummed.length);
  batch.int32(0);
  batch.int8(MAGIC);
  batch.int32(crc32c(checksummed) | 0);
  batch.bytes(checksummed);
  return batch.finish();
}

/** Base offset, length, leader epoch, format, checksum. */
const BATCH_HEAD_BYTES = 21;

/** Its lengths are variable-length integers that fit into one byte each, written doubled as the encoding wants it. */
function endRecord(committed: boolean): Buffer {
  const record = new ByteWriter();
  record.int8(2 * 16);
  record.int8(0); // attributes
  record.int8(0); // time behind the first record's
  record.int8(0); // offset behind the first record's
  record.int8(2 * 4);
  record.int16(0); // version of the key
  record.int16(committed ? COMMIT : ABORT);
  record.int8(2 * 6);
  record.int16(0); // version of the value
  record.int32(0); // epoch of the coordinator
  record.int8(0); // headers
  return record.finish();
}
