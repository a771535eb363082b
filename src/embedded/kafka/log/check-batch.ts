import { ErrorCode } from '../protocol/error-code.js';
import {
  type BatchHeader,
  hasBrokerTime,
  hasRightChecksum,
  headerOf,
  isControl,
  statedLength,
} from './batch-header.js';
import { type BatchRecord, recordsOf } from './batch-records.js';

export type CheckedBatch =
  | {
      readonly ok: true;
      readonly header: BatchHeader;
      /** Undefined when they are compressed in a way that is not read here. */
      readonly records: readonly BatchRecord[] | undefined;
    }
  | { readonly ok: false; readonly errorCode: ErrorCode };

/**
 * Checks what a producer sent: exactly one batch, of format 2, whole, with the right checksum, no control batch, and its
 * records countable. Records compressed other than with gzip are not looked into.
 */
export function checkBatch(bytes: Buffer): CheckedBatch {
  const length = statedLength(bytes);
  if (length === undefined) return refused(ErrorCode.corruptMessage);
  if (length < bytes.length) return refused(ErrorCode.invalidRecord);
  if (length > bytes.length || !hasRightChecksum(bytes)) return refused(ErrorCode.corruptMessage);
  const header = headerOf(bytes);
  const { recordCount, lastOffsetDelta } = header;
  if (isControl(header) || hasBrokerTime(header)) return refused(ErrorCode.invalidRecord);
  if (recordCount < 1 || lastOffsetDelta !== recordCount - 1) return refused(ErrorCode.invalidRecord);
  try {
    const records = recordsOf(bytes);
    const inOrder = !records?.some(({ offsetDelta }, i) => offsetDelta !== i);
    return inOrder ? { ok: true, header, records } : refused(ErrorCode.invalidRecord);
  } catch {
    // Whatever the reason (a length past the end, gzip that is none, too much of it): no consumer could read these records.
    return refused(ErrorCode.invalidRecord);
  }
}

function refused(errorCode: ErrorCode): CheckedBatch {
  return { ok: false, errorCode };
}
