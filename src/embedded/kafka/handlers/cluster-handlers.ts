import type { BrokerState } from '../broker-state.js';
import type { Refusal, Topic } from '../log/topic-catalog.js';
import { isDefaultSetting } from '../log/topic-config.js';
import { API_NAMES, API_TABLE } from '../protocol/api-table.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { Handler, ResponseOf } from './handler.js';

const TOPIC_RESOURCE = 2;
const SET_ON_TOPIC = 1;
const DEFAULT_SETTING = 5;

export const apiVersions: Handler<'apiVersions'> = () => apiVersionsAnswer(ErrorCode.none);

/** What this broker speaks; with an error for a client that asked in a version that it does not. */
export function apiVersionsAnswer(errorCode: ErrorCode): ResponseOf<'apiVersions'> {
  const apis = API_NAMES.map((name) => {
    const { key, min, max } = API_TABLE[name];
    return { apiKey: key, minVersion: min, maxVersion: max };
  });
  return { errorCode, apis, throttleTimeMs: 0 };
}

/** Topics are never created by asking for them. */
export const metadata: Handler<'metadata'> = (state, request) => {
  const names = request.topics ?? state.topics.all().map(({ name }) => name);
  return {
    throttleTimeMs: 0,
    brokers: [{ nodeId: state.nodeId, host: state.address.host, port: state.address.port, rack: null }],
    clusterId: state.clusterId,
    controllerId: state.nodeId,
    topics: names.map((name) => describeTopic(state, name)),
  };
};

export const createTopics: Handler<'createTopics'> = (state, { topics, validateOnly }) => ({
  throttleTimeMs: 0,
  topics: topics.map(({ topic: name, partitionCount, replicationFactor, assignments, configs }) => {
    const brokers = assignments.map((assignment) => assignment.brokers);
    const wanted = { name, partitionCount, replicationFactor, assignments: brokers, configs };
    return topicResult(name, state.topics.create(wanted, { validateOnly }));
  }),
});

export const deleteTopics: Handler<'deleteTopics'> = (state, { topics }) => {
  const results = topics.map((topic) => ({ topic, errorCode: deleteTopic(state, topic) }));
  state.fetches.retry();
  return { throttleTimeMs: 0, topics: results };
};

export const createPartitions: Handler<'createPartitions'> = (state, { topics, validateOnly }) => ({
  throttleTimeMs: 0,
  topics: topics.map(({ topic, count }) => topicResult(topic, state.topics.grow(topic, { count, validateOnly }))),
});

export const describeConfigs: Handler<'describeConfigs'> = (state, { resources }) => ({
  throttleTimeMs: 0,
  resources: resources.map(({ type, name, configNames }) => {
    const topic = type === TOPIC_RESOURCE ? state.topics.get(name) : undefined;
    const errorCode = type === TOPIC_RESOURCE ? ErrorCode.unknownTopicOrPartition : ErrorCode.invalidRequest;
    const errorMessage = type === TOPIC_RESOURCE ? `There is no topic '${name}'.` : 'Only topics have settings here.';
    if (!topic) return { errorCode, errorMessage, type, name, configs: [] };
    return { errorCode: ErrorCode.none, errorMessage: null, type, name, configs: settingsOf(topic, configNames) };
  }),
});

function describeTopic(state: BrokerState, name: string): ResponseOf<'metadata'>['topics'][number] {
  const topic = state.topics.get(name);
  if (!topic) return { errorCode: ErrorCode.unknownTopicOrPartition, topic: name, isInternal: false, partitions: [] };
  const partitions = topic.partitions.map((_, partition) => ({
    errorCode: ErrorCode.none,
    partition,
    leader: state.nodeId,
    replicas: [state.nodeId],
    inSyncReplicas: [state.nodeId],
    offlineReplicas: [],
  }));
  return { errorCode: ErrorCode.none, topic: name, isInternal: false, partitions };
}

function deleteTopic(state: BrokerState, name: string): ErrorCode {
  const refusal = state.topics.delete(name);
  if (!refusal) for (const group of state.groups.values()) group.offsets.forgetTopic(name);
  return refusal?.errorCode ?? ErrorCode.none;
}

function topicResult(topic: string, refusal: Refusal): ResponseOf<'createTopics'>['topics'][number] {
  return { topic, errorCode: refusal?.errorCode ?? ErrorCode.none, errorMessage: refusal?.message ?? null };
}

function settingsOf(
  topic: Topic,
  wanted: readonly string[] | null,
): ResponseOf<'describeConfigs'>['resources'][number]['configs'] {
  // No names and an empty list of names both ask for all: clients send either.
  const isWanted = (name: string): boolean => !wanted?.length || wanted.includes(name);
  return [...topic.config]
    .filter(([name]) => isWanted(name))
    .map(([name, value]) => ({
      name,
      value,
      readOnly: false,
      source: isDefaultSetting(name, value) ? DEFAULT_SETTING : SET_ON_TOPIC,
      isSensitive: false,
      synonyms: [],
    }));
}
