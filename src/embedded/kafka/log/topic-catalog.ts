import { ErrorCode } from '../protocol/error-code.js';
import { PartitionLog } from './partition-log.js';
import { resolveTopicConfig, type TopicConfig } from './topic-config.js';

const NAME_FORM = /^[a-zA-Z0-9._-]{1,249}$/;
const MAX_PARTITIONS = 10_000;

export interface Topic {
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: readonly PartitionLog[];
}

export interface NewTopic {
  readonly name: string;
  /** -1: the broker's default, one. */
  readonly partitionCount: number;
  readonly replicationFactor: number;
  /** Broker ids of each partition, when the client wants to place them itself. */
  readonly assignments: readonly (readonly number[])[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

/** Undefined: done. Otherwise why not. */
export type Refusal = { readonly errorCode: ErrorCode; readonly message: string } | undefined;

/** All topics of the broker. Nothing is created that was not asked for. */
export class TopicCatalog {
  readonly #topics = new Map<string, Topic>();
  readonly #nodeId: number;

  constructor(nodeId: number) {
    this.#nodeId = nodeId;
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(topic)?.partitions[partition];
  }

  create(wanted: NewTopic, options: { readonly validateOnly: boolean }): Refusal {
    const config = resolveTopicConfig(wanted.configs);
    const refusal = this.#refuse(wanted) ?? (config.ok ? undefined : refuse(ErrorCode.invalidConfig, config.message));
    if (refusal || !config.ok || options.validateOnly) return refusal;
    const partitions = Array.from({ length: countOf(wanted) }, () => new PartitionLog(config.limits));
    this.#topics.set(wanted.name, { name: wanted.name, config: config.config, partitions });
    return undefined;
  }

  delete(name: string): Refusal {
    return this.#topics.delete(name) ? undefined : unknown(name);
  }

  /** `count` is the new total. */
  grow(name: string, options: { readonly count: number; readonly validateOnly: boolean }): Refusal {
    const topic = this.#topics.get(name);
    if (!topic) return unknown(name);
    const held = topic.partitions.length;
    if (options.count <= held) {
      return refuse(ErrorCode.invalidPartitions, `Topic ${name} has ${held} partitions; ${options.count} is not more.`);
    }
    const refusal = this.#refuseCount(options.count - held);
    if (refusal || options.validateOnly) return refusal;
    const config = resolveTopicConfig([...topic.config].map(([key, value]) => ({ name: key, value })));
    if (!config.ok) return refuse(ErrorCode.invalidConfig, config.message);
    const added = Array.from({ length: options.count - held }, () => new PartitionLog(config.limits));
    this.#topics.set(name, { ...topic, partitions: [...topic.partitions, ...added] });
    return undefined;
  }

  #refuse(wanted: NewTopic): Refusal {
    const { name, replicationFactor } = wanted;
    if (!NAME_FORM.test(name) || name === '.' || name === '..') {
      return refuse(ErrorCode.invalidTopic, `Topic name "${name}" is illegal.`);
    }
    if (this.#topics.has(name)) return refuse(ErrorCode.topicAlreadyExists, `Topic '${name}' already exists.`);
    if (wanted.assignments.some((brokers) => brokers.length !== 1 || brokers[0] !== this.#nodeId)) {
      return refuse(ErrorCode.invalidReplicaAssignment, `There is one broker, ${this.#nodeId}.`);
    }
    if (replicationFactor !== -1 && replicationFactor !== 1) {
      return refuse(ErrorCode.invalidReplicationFactor, `Replication factor ${replicationFactor}, with one broker.`);
    }
    return this.#refuseCount(countOf(wanted));
  }

  #refuseCount(added: number): Refusal {
    if (added < 1) return refuse(ErrorCode.invalidPartitions, 'The number of partitions must be larger than 0.');
    const held = this.all().reduce((sum, topic) => sum + topic.partitions.length, 0);
    const message = `This broker holds at most ${MAX_PARTITIONS} partitions.`;
    return held + added > MAX_PARTITIONS ? refuse(ErrorCode.policyViolation, message) : undefined;
  }
}

function countOf({ assignments, partitionCount }: NewTopic): number {
  if (assignments.length > 0) return assignments.length;
  return partitionCount === -1 ? 1 : partitionCount;
}

function unknown(name: string): Refusal {
  return refuse(ErrorCode.unknownTopicOrPartition, `There is no topic '${name}'.`);
}

function refuse(errorCode: ErrorCode, message: string): Refusal {
  return { errorCode, message };
}
