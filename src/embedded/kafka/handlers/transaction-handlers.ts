import type { BrokerState } from '../broker-state.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Partition } from '../transaction/transaction-coordinator.js';
import type { Handler } from './handler.js';

/** Without a transactional id it is a new producer that is idempotent and nothing more. */
export const initProducerId: Handler<'initProducerId'> = (state, request, call) => {
  const { transactionalId, transactionTimeoutMs: timeoutMs } = request;
  if (transactionalId === null) {
    return { throttleTimeMs: 0, errorCode: ErrorCode.none, producerId: state.newProducerId(), producerEpoch: 0 };
  }
  return { throttleTimeMs: 0, ...state.transactions.take({ transactionalId, timeoutMs }, call.nowMs()) };
};

/** All of the partitions are added, or none of them. */
export const addPartitionsToTxn: Handler<'addPartitionsToTxn'> = (state, request, call) => {
  const wanted = request.topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );
  const isUnknown = ({ topic, partition }: Partition): boolean => !state.topics.partition(topic, partition);
  const errorCode = wanted.some(isUnknown)
    ? ErrorCode.operationNotAttempted
    : state.transactions.addPartitions(request, wanted, call.nowMs());
  const errorOf = (one: Partition): ErrorCode => (isUnknown(one) ? ErrorCode.unknownTopicOrPartition : errorCode);
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => ({ partition, errorCode: errorOf({ topic, partition }) })),
    })),
  };
};

export const addOffsetsToTxn: Handler<'addOffsetsToTxn'> = (state, request, call) => ({
  throttleTimeMs: 0,
  errorCode:
    request.groupId === ''
      ? ErrorCode.invalidGroupId
      : state.transactions.addGroup(request, request.groupId, call.nowMs()),
});

/** Offsets that count when the transaction is committed. */
export const txnOffsetCommit: Handler<'txnOffsetCommit'> = (state, request) => {
  const { groupId, producerId } = request;
  const allowed = state.transactions.mayCommitOffsets(request, groupId);
  const group = allowed === ErrorCode.none ? state.groupFor(groupId) : undefined;
  const refusal = allowed === ErrorCode.none && !group ? ErrorCode.groupMaxSizeReached : allowed;
  const errorOf = (topic: string, partition: number): ErrorCode =>
    state.topics.partition(topic, partition) ? refusal : ErrorCode.unknownTopicOrPartition;
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, offset, metadata }) => {
        const errorCode = errorOf(topic, partition);
        if (errorCode === ErrorCode.none) group?.offsets.propose(producerId, { topic, partition, offset, metadata });
        return { partition, errorCode };
      }),
    })),
  };
};

export const endTxn: Handler<'endTxn'> = (state: BrokerState, request, call) => ({
  throttleTimeMs: 0,
  errorCode: state.transactions.end(request, request.committed, call.nowMs()),
});
