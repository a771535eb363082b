/** Messages about consumer groups and the offsets they committed. */
import {
  array,
  bytes,
  int8,
  int16,
  int32,
  int64,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  until,
} from '../codec/field.js';

export const findCoordinatorRequest = struct({ key: string, keyType: since(1, int8, 0) });

export const findCoordinatorResponse = struct({
  throttleTimeMs: since(1, int32, 0),
  errorCode: int16,
  errorMessage: since(1, nullableString, null),
  nodeId: int32,
  host: string,
  port: int32,
});

export const joinGroupRequest = struct({
  groupId: string,
  sessionTimeoutMs: int32,
  rebalanceTimeoutMs: int32,
  memberId: string,
  groupInstanceId: since(5, nullableString, null),
  protocolType: string,
  protocols: array(struct({ name: string, metadata: bytes })),
});

export const joinGroupResponse = struct({
  throttleTimeMs: since(2, int32, 0),
  errorCode: int16,
  generationId: int32,
  protocolName: string,
  leaderId: string,
  memberId: string,
  members: array(struct({ memberId: string, groupInstanceId: since(5, nullableString, null), metadata: bytes })),
});

export const syncGroupRequest = struct({
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: since(3, nullableString, null),
  assignments: array(struct({ memberId: string, assignment: bytes })),
});

export const syncGroupResponse = struct({
  throttleTimeMs: since(1, int32, 0),
  errorCode: int16,
  assignment: bytes,
});

export const heartbeatRequest = struct({
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: since(3, nullableString, null),
});

export const heartbeatResponse = struct({ throttleTimeMs: since(1, int32, 0), errorCode: int16 });

export const leaveGroupRequest = struct({
  groupId: string,
  /** One member up to version 2, a list from version 3 on. */
  memberId: until(2, string, ''),
  members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString })), []),
});

export const leaveGroupResponse = struct({
  throttleTimeMs: since(1, int32, 0),
  errorCode: int16,
  members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString, errorCode: int16 })), []),
});

export const describeGroupsRequest = struct({ groupIds: array(string) });

export const describeGroupsResponse = struct({
  throttleTimeMs: since(1, int32, 0),
  groups: array(
    struct({
      errorCode: int16,
      groupId: string,
      state: string,
      protocolType: string,
      protocolName: string,
      members: array(
        struct({ memberId: string, clientId: string, clientHost: string, metadata: bytes, assignment: bytes }),
      ),
    }),
  ),
});

export const listGroupsRequest = struct({});

export const listGroupsResponse = struct({
  throttleTimeMs: since(1, int32, 0),
  errorCode: int16,
  groups: array(struct({ groupId: string, protocolType: string })),
});

export const deleteGroupsRequest = struct({ groupIds: array(string) });

export const deleteGroupsResponse = struct({
  throttleTimeMs: int32,
  groups: array(struct({ groupId: string, errorCode: int16 })),
});

export const offsetCommitRequest = struct({
  groupId: string,
  generationId: int32,
  memberId: string,
  retentionMs: until(4, int64, -1n),
  topics: array(
    struct({
      topic: string,
      partitions: array(struct({ partition: int32, offset: int64, metadata: nullableString })),
    }),
  ),
});

export const offsetCommitResponse = struct({
  throttleTimeMs: since(3, int32, 0),
  topics: array(struct({ topic: string, partitions: array(struct({ partition: int32, errorCode: int16 })) })),
});

export const offsetFetchRequest = struct({
  groupId: string,
  /** Null, from version 2 on, asks for all that the group committed. */
  topics: nullableArray(struct({ topic: string, partitions: array(int32) })),
});

export const offsetFetchResponse = struct({
  throttleTimeMs: since(3, int32, 0),
  topics: array(
    struct({
      topic: string,
      partitions: array(struct({ partition: int32, offset: int64, metadata: nullableString, errorCode: int16 })),
    }),
  ),
  errorCode: since(2, int16, 0),
});
