/** Messages about transactions. */
import { array, bool, int16, int32, int64, nullableString, string, struct } from '../codec/field.js';

export const initProducerIdRequest = struct({ transactionalId: nullableString, transactionTimeoutMs: int32 });

export const initProducerIdResponse = struct({
  throttleTimeMs: int32,
  errorCode: int16,
  producerId: int64,
  producerEpoch: int16,
});

const topicErrors = array(struct({ topic: string, partitions: array(struct({ partition: int32, errorCode: int16 })) }));

export const addPartitionsToTxnRequest = struct({
  transactionalId: string,
  producerId: int64,
  producerEpoch: int16,
  topics: array(struct({ topic: string, partitions: array(int32) })),
});

export const addPartitionsToTxnResponse = struct({ throttleTimeMs: int32, topics: topicErrors });

export const addOffsetsToTxnRequest = struct({
  transactionalId: string,
  producerId: int64,
  producerEpoch: int16,
  groupId: string,
});

export const addOffsetsToTxnResponse = struct({ throttleTimeMs: int32, errorCode: int16 });

export const endTxnRequest = struct({
  transactionalId: string,
  producerId: int64,
  producerEpoch: int16,
  committed: bool,
});

export const endTxnResponse = struct({ throttleTimeMs: int32, errorCode: int16 });

export const txnOffsetCommitRequest = struct({
  transactionalId: string,
  groupId: string,
  producerId: int64,
  producerEpoch: int16,
  topics: array(
    struct({
      topic: string,
      partitions: array(struct({ partition: int32, offset: int64, metadata: nullableString })),
    }),
  ),
});

export const txnOffsetCommitResponse = struct({ throttleTimeMs: int32, topics: topicErrors });
