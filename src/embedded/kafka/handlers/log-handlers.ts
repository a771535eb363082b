import type { AppendResult, PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Handler, RequestOf, ResponseOf } from './handler.js';

const LATEST = -1n;
const EARLIEST = -2n;
const NOWHERE = -1n;
const ACKS = [0, 1, -1];

type PartitionLookup = ResponseOf<'listOffsets'>['topics'][number]['partitions'][number];

/** A transactional producer is told that its transaction is in no valid state: there are none here. */
export const produce: Handler<'produce'> = (state, request) => {
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, records }) => {
      const log = state.topics.partition(topic, partition);
      const result = append(log, records, request);
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
      ...lookUp(state.topics.partition(topic, partition), timestampMs),
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

export const initProducerId: Handler<'initProducerId'> = (state, { transactionalId }) => {
  const isPlain = transactionalId === null;
  return {
    throttleTimeMs: 0,
    errorCode: isPlain ? ErrorCode.none : ErrorCode.unsupportedVersion,
    producerId: isPlain ? state.newProducerId() : -1n,
    producerEpoch: isPlain ? 0 : -1,
  };
};

function append(log: PartitionLog | undefined, records: Buffer | null, request: RequestOf<'produce'>): AppendResult {
  if (!ACKS.includes(request.acks)) return { ok: false, errorCode: ErrorCode.invalidRequiredAcks };
  if (request.transactionalId !== null) return { ok: false, errorCode: ErrorCode.invalidTxnState };
  if (!log) return { ok: false, errorCode: ErrorCode.unknownTopicOrPartition };
  return records ? log.append(records) : { ok: false, errorCode: ErrorCode.invalidRecord };
}

function lookUp(log: PartitionLog | undefined, timestampMs: bigint): Omit<PartitionLookup, 'partition'> {
  const none = { errorCode: ErrorCode.none, timestampMs: NOWHERE, offset: NOWHERE };
  if (!log) return { ...none, errorCode: ErrorCode.unknownTopicOrPartition };
  if (timestampMs === LATEST) return { ...none, offset: log.endOffset };
  if (timestampMs === EARLIEST) return { ...none, offset: log.startOffset };
  if (timestampMs < 0n) return { ...none, errorCode: ErrorCode.unsupportedVersion };
  const found = log.findTime(timestampMs);
  if (found.kind === 'unreadable') return { ...none, errorCode: ErrorCode.unsupportedCompressionType };
  if (found.kind === 'later-than-all') return none;
  return { errorCode: ErrorCode.none, timestampMs: found.timestampMs, offset: found.offset };
}
