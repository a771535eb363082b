import type { BrokerState } from '../broker-state.js';
import { isTransactional } from '../log/batch-header.js';
import type { AppendResult, PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Partition } from '../transaction/transaction-coordinator.js';
import { readableUntil } from './fetch-handler.js';
import type { Handler, RequestOf, ResponseOf } from './handler.js';

const LATEST = -1n;
const EARLIEST = -2n;
const NOWHERE = -1n;
const ACKS = [0, 1, -1];

type PartitionLookup = ResponseOf<'listOffsets'>['topics'][number]['partitions'][number];

/** What belongs to a transaction is taken only from its producer, and only for partitions that were added to it. */
export const produce: Handler<'produce'> = (state, request, call) => {
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, records }) => {
      const log = state.topics.partition(topic, partition);
      const result = append(state, { partition: { topic, partition }, records, nowMs: call.nowMs() }, request);
      return {
        partition,
        errorCode: result.ok ? ErrorCode.none : result.errorCode,
        baseOffset: result.ok ? result.baseOffset : NOWHERE,
        logAppendTimeMs: -1n,
        logStartOffset: log?.startOffset ?? NOWHERE,
      };
    }),
  }));
  state.fetches.retry();
  return { topics, throttleTimeMs: 0 };
};

export const listOffsets: Handler<'listOffsets'> = (state, request) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, timestampMs }) => ({
      partition,
      ...lookUp(state.topics.partition(topic, partition), { timestampMs, isolationLevel: request.isolationLevel }),
    })),
  })),
});

export const deleteRecords: Handler<'deleteRecords'> = (state, request) => {
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, offset }) => {
      const log = state.topics.partition(topic, partition);
      if (!log) return { partition, lowWatermark: NOWHERE, errorCode: ErrorCode.unknownTopicOrPartition };
      const start = log.deleteBefore(offset);
      const errorCode = start === undefined ? ErrorCode.offsetOutOfRange : ErrorCode.none;
      return { partition, lowWatermark: start ?? NOWHERE, errorCode };
    }),
  }));
  state.fetches.retry();
  return { throttleTimeMs: 0, topics };
};

function append(
  state: BrokerState,
  sent: { readonly partition: Partition; readonly records: Buffer | null; readonly nowMs: number },
  { acks, transactionalId }: RequestOf<'produce'>,
): AppendResult {
  const { partition, records, nowMs } = sent;
  const log = state.topics.partition(partition.topic, partition.partition);
  if (!ACKS.includes(acks)) return { ok: false, errorCode: ErrorCode.invalidRequiredAcks };
  if (!log) return { ok: false, errorCode: ErrorCode.unknownTopicOrPartition };
  if (!records) return { ok: false, errorCode: ErrorCode.invalidRecord };
  return log.append(records, nowMs, (header) => {
    if (isTransactional(header) !== (transactionalId !== null)) return ErrorCode.invalidTxnState;
    if (transactionalId === null) return ErrorCode.none;
    return state.transactions.mayWrite({ ...header, transactionalId }, partition);
  });
}

/** Who reads the committed only is not told of what may yet be aborted. */
function lookUp(
  log: PartitionLog | undefined,
  { timestampMs, isolationLevel }: { readonly timestampMs: bigint; readonly isolationLevel: number },
): Omit<PartitionLookup, 'partition'> {
  const none = { errorCode: ErrorCode.none, timestampMs: NOWHERE, offset: NOWHERE };
  if (!log) return { ...none, errorCode: ErrorCode.unknownTopicOrPartition };
  const end = readableUntil(log, isolationLevel);
  if (timestampMs === LATEST) return { ...none, offset: end };
  if (timestampMs === EARLIEST) return { ...none, offset: log.startOffset };
  if (timestampMs < 0n) return { ...none, errorCode: ErrorCode.unsupportedVersion };
  const found = log.findTime(timestampMs);
  if (found.kind === 'unreadable') return { ...none, errorCode: ErrorCode.unsupportedCompressionType };
  if (found.kind === 'later-than-all' || found.offset >= end) return none;
  return { errorCode: ErrorCode.none, timestampMs: found.timestampMs, offset: found.offset };
}
