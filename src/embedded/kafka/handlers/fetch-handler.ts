import type { BrokerState, Call } from '../broker-state.js';
import type { PartitionLog } from '../log/partition-log.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Handler, RequestOf, ResponseOf } from './handler.js';

const LEADER_EPOCH = 0;
const NO_SESSION = 0;
const MAX_WAIT_MS = 300_000;
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const READ_COMMITTED = 1;
const NO_RECORDS = Buffer.alloc(0);

type Wanted = RequestOf<'fetch'>['topics'][number]['partitions'][number];
type Got = ResponseOf<'fetch'>['topics'][number]['partitions'][number];

/**
 * Answers when there are `minBytes` of records, when a partition has an error to report, or after `maxWaitMs`. Asking for a
 * fetch session is answered without one, which the protocol allows; continuing one is refused, for there is none.
 */
export const fetch: Handler<'fetch'> = (state, request, call) => {
  if (request.sessionId !== NO_SESSION) return refusal(ErrorCode.fetchSessionIdNotFound);
  const collected = collect(state, request);
  return isEnough(collected, request) ? collected : whenEnough(state, request, call);
};

function whenEnough(state: BrokerState, request: RequestOf<'fetch'>, call: Call): Promise<ResponseOf<'fetch'>> {
  return new Promise((resolve) => {
    state.fetches.enter({
      deadlineMs: call.nowMs() + Math.min(request.maxWaitMs, MAX_WAIT_MS),
      isAbandoned: () => call.isAbandoned(),
      answer(timeIsUp) {
        const collected = collect(state, request);
        const isDue = timeIsUp || isEnough(collected, request);
        if (isDue) resolve(collected);
        return isDue;
      },
    });
  });
}

function isEnough({ topics }: ResponseOf<'fetch'>, { minBytes, maxWaitMs }: RequestOf<'fetch'>): boolean {
  const partitions = topics.flatMap((topic) => topic.partitions);
  if (maxWaitMs <= 0 || partitions.length === 0) return true;
  if (partitions.some(({ errorCode }) => errorCode !== ErrorCode.none)) return true;
  return partitions.reduce((sum, { records }) => sum + (records?.length ?? 0), 0) >= minBytes;
}

/** Partitions share `maxBytes` in the order in which they were asked for; the first that has records gives at least one batch. */
function collect(state: BrokerState, request: RequestOf<'fetch'>): ResponseOf<'fetch'> {
  let left = Math.min(request.maxBytes, MAX_RESPONSE_BYTES);
  let isFirst = true;
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((wanted) => {
      const maxBytes = Math.min(left, wanted.partitionMaxBytes);
      const { isolationLevel } = request;
      const got = readPartition(state, { topic, wanted, maxBytes, evenIfLarger: isFirst, isolationLevel });
      left -= got.records?.length ?? 0;
      isFirst &&= !got.records?.length;
      return got;
    }),
  }));
  return { throttleTimeMs: 0, errorCode: ErrorCode.none, sessionId: NO_SESSION, topics };
}

function readPartition(
  state: BrokerState,
  options: {
    readonly topic: string;
    readonly wanted: Wanted;
    readonly maxBytes: number;
    readonly evenIfLarger: boolean;
    readonly isolationLevel: number;
  },
): Got {
  const { topic, wanted, maxBytes, evenIfLarger, isolationLevel } = options;
  const { partition, fetchOffset } = wanted;
  const log = state.topics.partition(topic, partition);
  if (!log) return failed(wanted, ErrorCode.unknownTopicOrPartition);
  const epochError = judgeEpoch(wanted.currentLeaderEpoch);
  if (epochError !== ErrorCode.none) return failed(wanted, epochError);
  const until = readableUntil(log, isolationLevel);
  const result = log.read(fetchOffset, { maxBytes, evenIfLarger, until });
  return {
    partition,
    errorCode: result.ok ? ErrorCode.none : result.errorCode,
    // A reader past the end learns from these where the log begins and ends.
    highWatermark: log.endOffset,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: isolationLevel === READ_COMMITTED ? log.abortedWithin(fetchOffset, until) : null,
    preferredReadReplica: -1,
    records: result.ok ? result.records : NO_RECORDS,
  };
}

/** Who reads the committed only does not get past what may yet be aborted. */
export function readableUntil(log: PartitionLog, isolationLevel: number): bigint {
  return isolationLevel === READ_COMMITTED ? log.lastStableOffset : log.endOffset;
}

function judgeEpoch(epoch: number): ErrorCode {
  if (epoch === -1 || epoch === LEADER_EPOCH) return ErrorCode.none;
  return epoch < LEADER_EPOCH ? ErrorCode.fencedLeaderEpoch : ErrorCode.unknownLeaderEpoch;
}

function failed({ partition }: Wanted, errorCode: ErrorCode): Got {
  return {
    partition,
    errorCode,
    highWatermark: -1n,
    lastStableOffset: -1n,
    logStartOffset: -1n,
    abortedTransactions: [],
    preferredReadReplica: -1,
    records: NO_RECORDS,
  };
}

function refusal(errorCode: ErrorCode): ResponseOf<'fetch'> {
  return { throttleTimeMs: 0, errorCode, sessionId: NO_SESSION, topics: [] };
}
