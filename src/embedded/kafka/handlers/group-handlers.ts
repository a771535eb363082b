import type { BrokerState } from '../broker-state.js';
import type { ConsumerGroup } from '../group/consumer-group.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Handler, ResponseOf } from './handler.js';

/** Keys of these types are known: group, transaction. */
const COORDINATED = [0, 1];
/** From this version of the join on, a new member has to ask again with the id that it was given. */
const ID_REQUIRED_SINCE = 4;
const NO_BYTES = Buffer.alloc(0);

/** The one broker coordinates all groups and all transactions. */
export const findCoordinator: Handler<'findCoordinator'> = (state, { keyType }) => {
  const isKnown = COORDINATED.includes(keyType);
  return {
    throttleTimeMs: 0,
    errorCode: isKnown ? ErrorCode.none : ErrorCode.invalidRequest,
    errorMessage: isKnown ? null : `${state.clusterId} coordinates groups and transactions only.`,
    nodeId: isKnown ? state.nodeId : -1,
    host: isKnown ? state.address.host : '',
    port: isKnown ? state.address.port : -1,
  };
};

export const joinGroup: Handler<'joinGroup'> = (state, request, call) => {
  const { groupId, memberId } = request;
  const refuse = (errorCode: ErrorCode): ResponseOf<'joinGroup'> => ({
    throttleTimeMs: 0,
    errorCode,
    generationId: -1,
    protocolName: '',
    leaderId: '',
    memberId,
    members: [],
  });
  if (groupId === '') return refuse(ErrorCode.invalidGroupId);
  // A static member would have to be fenced and replaced without a rebalance, which is not done here.
  if (request.groupInstanceId !== null) return refuse(ErrorCode.unsupportedVersion);
  const group = state.groupFor(groupId);
  if (!group) return refuse(ErrorCode.groupMaxSizeReached);
  const { clientId, clientHost } = call;
  const join = { ...request, clientId, clientHost, idRequired: call.version >= ID_REQUIRED_SINCE };
  return new Promise((resolve) => {
    group.join(join, call.nowMs(), (answer) => resolve({ throttleTimeMs: 0, ...answer }));
  });
};

export const syncGroup: Handler<'syncGroup'> = (state, request, call) => {
  const group = state.groups.get(request.groupId);
  if (!group) return { throttleTimeMs: 0, errorCode: ErrorCode.unknownMemberId, assignment: NO_BYTES };
  const assignments = new Map(request.assignments.map((one) => [one.memberId, Buffer.from(one.assignment)]));
  return new Promise((resolve) => {
    group.sync({ ...request, assignments }, call.nowMs(), (answer) => resolve({ throttleTimeMs: 0, ...answer }));
  });
};

export const heartbeat: Handler<'heartbeat'> = (state, request, call) => ({
  throttleTimeMs: 0,
  errorCode: state.groups.get(request.groupId)?.heartbeat(request, call.nowMs()) ?? ErrorCode.unknownMemberId,
});

export const leaveGroup: Handler<'leaveGroup'> = (state, request, call) => {
  const group = state.groups.get(request.groupId);
  const leave = (memberId: string): ErrorCode => group?.leave(memberId, call.nowMs()) ?? ErrorCode.unknownMemberId;
  if (call.version < 3) return { throttleTimeMs: 0, errorCode: leave(request.memberId), members: [] };
  const members = request.members.map((member) => ({ ...member, errorCode: leave(member.memberId) }));
  return { throttleTimeMs: 0, errorCode: ErrorCode.none, members };
};

export const listGroups: Handler<'listGroups'> = (state) => ({
  throttleTimeMs: 0,
  errorCode: ErrorCode.none,
  groups: [...state.groups.values()].map(({ groupId, protocolType }) => ({ groupId, protocolType })),
});

/** A group that nobody knows is described as dead: that is how the protocol says so. */
export const describeGroups: Handler<'describeGroups'> = (state, { groupIds }) => ({
  throttleTimeMs: 0,
  groups: groupIds.map((groupId) => {
    const group = state.groups.get(groupId);
    const dead = { errorCode: ErrorCode.none, groupId, state: 'Dead', protocolType: '', protocolName: '', members: [] };
    return group ? describe(group) : dead;
  }),
});

export const deleteGroups: Handler<'deleteGroups'> = (state, { groupIds }) => ({
  throttleTimeMs: 0,
  groups: groupIds.map((groupId) => ({ groupId, errorCode: deleteGroup(state, groupId) })),
});

function describe(group: ConsumerGroup): ResponseOf<'describeGroups'>['groups'][number] {
  const { groupId, state, protocolType, protocolName } = group;
  const members = group.members.map((member) => {
    const { memberId, clientId, clientHost, assignment } = member;
    return { memberId, clientId, clientHost, metadata: group.metadataOf(member), assignment };
  });
  return { errorCode: ErrorCode.none, groupId, state, protocolType, protocolName, members };
}

function deleteGroup(state: BrokerState, groupId: string): ErrorCode {
  const group = state.groups.get(groupId);
  if (!group) return ErrorCode.groupIdNotFound;
  if (group.state !== 'Empty') return ErrorCode.nonEmptyGroup;
  state.groups.delete(groupId);
  return ErrorCode.none;
}
