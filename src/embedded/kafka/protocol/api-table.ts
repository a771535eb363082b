/** Which messages this broker speaks, in which versions. What it tells its clients and what it decodes are this one table. */
import * as cluster from './cluster-messages.js';
import * as group from './group-messages.js';
import * as log from './log-messages.js';
import * as transaction from './transaction-messages.js';

/** Versions stop where the protocol's compact encoding begins: it has another wire form altogether. */
export const API_TABLE = {
  produce: { key: 0, min: 3, max: 7, request: log.produceRequest, response: log.produceResponse },
  fetch: { key: 1, min: 4, max: 11, request: log.fetchRequest, response: log.fetchResponse },
  listOffsets: { key: 2, min: 1, max: 3, request: log.listOffsetsRequest, response: log.listOffsetsResponse },
  metadata: { key: 3, min: 1, max: 6, request: cluster.metadataRequest, response: cluster.metadataResponse },
  offsetCommit: { key: 8, min: 2, max: 5, request: group.offsetCommitRequest, response: group.offsetCommitResponse },
  offsetFetch: { key: 9, min: 1, max: 4, request: group.offsetFetchRequest, response: group.offsetFetchResponse },
  findCoordinator: {
    key: 10,
    min: 0,
    max: 2,
    request: group.findCoordinatorRequest,
    response: group.findCoordinatorResponse,
  },
  joinGroup: { key: 11, min: 1, max: 5, request: group.joinGroupRequest, response: group.joinGroupResponse },
  heartbeat: { key: 12, min: 0, max: 3, request: group.heartbeatRequest, response: group.heartbeatResponse },
  leaveGroup: { key: 13, min: 0, max: 3, request: group.leaveGroupRequest, response: group.leaveGroupResponse },
  syncGroup: { key: 14, min: 0, max: 3, request: group.syncGroupRequest, response: group.syncGroupResponse },
  describeGroups: {
    key: 15,
    min: 0,
    max: 2,
    request: group.describeGroupsRequest,
    response: group.describeGroupsResponse,
  },
  listGroups: { key: 16, min: 0, max: 2, request: group.listGroupsRequest, response: group.listGroupsResponse },
  apiVersions: { key: 18, min: 0, max: 2, request: cluster.apiVersionsRequest, response: cluster.apiVersionsResponse },
  createTopics: {
    key: 19,
    min: 2,
    max: 3,
    request: cluster.createTopicsRequest,
    response: cluster.createTopicsResponse,
  },
  deleteTopics: {
    key: 20,
    min: 1,
    max: 1,
    request: cluster.deleteTopicsRequest,
    response: cluster.deleteTopicsResponse,
  },
  deleteRecords: { key: 21, min: 0, max: 1, request: log.deleteRecordsRequest, response: log.deleteRecordsResponse },
  initProducerId: {
    key: 22,
    min: 0,
    max: 1,
    request: transaction.initProducerIdRequest,
    response: transaction.initProducerIdResponse,
  },
  addPartitionsToTxn: {
    key: 24,
    min: 0,
    max: 1,
    request: transaction.addPartitionsToTxnRequest,
    response: transaction.addPartitionsToTxnResponse,
  },
  addOffsetsToTxn: {
    key: 25,
    min: 0,
    max: 1,
    request: transaction.addOffsetsToTxnRequest,
    response: transaction.addOffsetsToTxnResponse,
  },
  endTxn: {
    key: 26,
    min: 0,
    max: 1,
    request: transaction.endTxnRequest,
    response: transaction.endTxnResponse,
  },
  txnOffsetCommit: {
    key: 28,
    min: 0,
    max: 1,
    request: transaction.txnOffsetCommitRequest,
    response: transaction.txnOffsetCommitResponse,
  },
  describeConfigs: {
    key: 32,
    min: 1,
    max: 2,
    request: cluster.describeConfigsRequest,
    response: cluster.describeConfigsResponse,
  },
  createPartitions: {
    key: 37,
    min: 0,
    max: 1,
    request: cluster.createPartitionsRequest,
    response: cluster.createPartitionsResponse,
  },
  deleteGroups: {
    key: 42,
    min: 0,
    max: 1,
    request: group.deleteGroupsRequest,
    response: group.deleteGroupsResponse,
  },
} as const;

export type ApiTable = typeof API_TABLE;
export type ApiName = keyof ApiTable;
export const API_NAMES = Object.keys(API_TABLE) as readonly ApiName[];

const NAME_OF_KEY: ReadonlyMap<number, ApiName> = new Map(API_NAMES.map((name) => [API_TABLE[name].key, name]));

/** The name of an api, or undefined for one that this broker does not speak. */
export function apiOfKey(apiKey: number): ApiName | undefined {
  return NAME_OF_KEY.get(apiKey);
}

export function speaksVersion(api: ApiName, version: number): boolean {
  return version >= API_TABLE[api].min && version <= API_TABLE[api].max;
}
