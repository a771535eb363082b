import { ErrorCode } from '../protocol/error-code.js';
import type { Handler } from './handler.js';

const NEVER_COMMITTED = -1n;

export const offsetCommit: Handler<'offsetCommit'> = (state, request, call) => {
  // Only a commit without membership may bring a group into being.
  const group = request.generationId < 0 ? state.groupFor(request.groupId) : state.groups.get(request.groupId);
  const allowed = group?.mayCommit(request, call.nowMs()) ?? ErrorCode.illegalGeneration;
  const commitOne = (topic: string, partition: number, offset: bigint, metadata: string | null): ErrorCode => {
    if (allowed !== ErrorCode.none) return allowed;
    if (!state.topics.partition(topic, partition)) return ErrorCode.unknownTopicOrPartition;
    group?.offsets.commit(topic, partition, { offset, metadata });
    return ErrorCode.none;
  };
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, offset, metadata }) => ({
        partition,
        errorCode: commitOne(topic, partition, offset, metadata),
      })),
    })),
  };
};

/** What was never committed has offset -1, whether the group exists or not. */
export const offsetFetch: Handler<'offsetFetch'> = (state, request) => {
  const offsets = state.groups.get(request.groupId)?.offsets;
  const wanted = request.topics ?? offsets?.all() ?? [];
  return {
    throttleTimeMs: 0,
    topics: wanted.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => {
        const committed = offsets?.get(topic, partition);
        const offset = committed?.offset ?? NEVER_COMMITTED;
        return { partition, offset, metadata: committed?.metadata ?? '', errorCode: ErrorCode.none };
      }),
    })),
    errorCode: ErrorCode.none,
  };
};
