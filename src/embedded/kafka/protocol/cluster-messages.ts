/** Messages about the cluster and its topics. */
import {
  array,
  bool,
  int8,
  int16,
  int32,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
} from '../codec/field.js';

export const apiVersionsRequest = struct({});

export const apiVersionsResponse = struct({
  errorCode: int16,
  apis: array(struct({ apiKey: int16, minVersion: int16, maxVersion: int16 })),
  throttleTimeMs: since(1, int32, 0),
});

export const metadataRequest = struct({
  /** Null asks for all topics. */
  topics: nullableArray(string),
  allowAutoTopicCreation: since(4, bool, true),
});

export const metadataResponse = struct({
  throttleTimeMs: since(3, int32, 0),
  brokers: array(struct({ nodeId: int32, host: string, port: int32, rack: nullableString })),
  clusterId: since(2, nullableString, null),
  controllerId: int32,
  topics: array(
    struct({
      errorCode: int16,
      topic: string,
      isInternal: bool,
      partitions: array(
        struct({
          errorCode: int16,
          partition: int32,
          leader: int32,
          replicas: array(int32),
          inSyncReplicas: array(int32),
          offlineReplicas: since(5, array(int32), []),
        }),
      ),
    }),
  ),
});

export const createTopicsRequest = struct({
  topics: array(
    struct({
      topic: string,
      partitionCount: int32,
      replicationFactor: int16,
      assignments: array(struct({ partition: int32, brokers: array(int32) })),
      configs: array(struct({ name: string, value: nullableString })),
    }),
  ),
  timeoutMs: int32,
  validateOnly: bool,
});

const topicErrors = array(struct({ topic: string, errorCode: int16, errorMessage: nullableString }));

export const createTopicsResponse = struct({ throttleTimeMs: int32, topics: topicErrors });

export const deleteTopicsRequest = struct({ topics: array(string), timeoutMs: int32 });

export const deleteTopicsResponse = struct({
  throttleTimeMs: int32,
  topics: array(struct({ topic: string, errorCode: int16 })),
});

export const createPartitionsRequest = struct({
  topics: array(struct({ topic: string, count: int32, assignments: nullableArray(array(int32)) })),
  timeoutMs: int32,
  validateOnly: bool,
});

export const createPartitionsResponse = struct({ throttleTimeMs: int32, topics: topicErrors });

export const describeConfigsRequest = struct({
  resources: array(struct({ type: int8, name: string, configNames: nullableArray(string) })),
  includeSynonyms: bool,
});

export const describeConfigsResponse = struct({
  throttleTimeMs: int32,
  resources: array(
    struct({
      errorCode: int16,
      errorMessage: nullableString,
      type: int8,
      name: string,
      configs: array(
        struct({
          name: string,
          value: nullableString,
          readOnly: bool,
          source: int8,
          isSensitive: bool,
          synonyms: array(struct({ name: string, value: nullableString, source: int8 })),
        }),
      ),
    }),
  ),
});
