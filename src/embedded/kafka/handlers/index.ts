import type { ApiName } from '../protocol/api-table.js';
import {
  apiVersions,
  createPartitions,
  createTopics,
  deleteTopics,
  describeConfigs,
  metadata,
} from './cluster-handlers.js';
import { fetch } from './fetch-handler.js';
import {
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  syncGroup,
} from './group-handlers.js';
import type { Handler } from './handler.js';
import { deleteRecords, listOffsets, produce } from './log-handlers.js';
import { offsetCommit, offsetFetch } from './offset-handlers.js';
import {
  addOffsetsToTxn,
  addPartitionsToTxn,
  endTxn,
  initProducerId,
  txnOffsetCommit,
} from './transaction-handlers.js';

/** One handler for each message that the broker says it speaks. */
export const HANDLERS: { readonly [A in ApiName]: Handler<A> } = {
  addOffsetsToTxn,
  addPartitionsToTxn,
  apiVersions,
  createPartitions,
  createTopics,
  deleteGroups,
  deleteRecords,
  deleteTopics,
  describeConfigs,
  describeGroups,
  endTxn,
  fetch,
  findCoordinator,
  heartbeat,
  initProducerId,
  joinGroup,
  leaveGroup,
  listGroups,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  produce,
  syncGroup,
  txnOffsetCommit,
};
