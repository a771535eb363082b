import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { TracecourtError } from '../errors.js';
import type { GroupPosition } from '../model/index.js';
import type { Positions } from './kafka-message-index.js';

type KafkaModule = typeof import('kafkajs');

const NEVER_COMMITTED = '-1';
/** kafkajs does not try again by itself when it is told this. */
const NOT_LED = 'NOT_LEADER_FOR_PARTITION';
const RETRY_MS = 20;

/** Loads kafkajs, which is there only where somebody needs it. Throws TracecourtError `package-missing` where it is not. */
export async function loadKafkajs(
  load: () => Promise<{ readonly default: KafkaModule }> = () => import('kafkajs'),
): Promise<KafkaModule> {
  try {
    return (await load()).default;
  } catch (cause) {
    throw new TracecourtError('package-missing', 'Reading Kafka needs the package kafkajs, which is not installed.', {
      nextStep: 'Run: npm install kafkajs',
      cause,
    });
  }
}

export async function newKafka(brokers: readonly string[], timeoutMs: number): Promise<Kafka> {
  const { Kafka, logLevel } = await loadKafkajs();
  return new Kafka({
    brokers: [...brokers],
    clientId: 'tracecourt-probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: timeoutMs,
    requestTimeout: Math.max(timeoutMs, 1_000),
    retry: { initialRetryTime: 50, retries: 4 },
  });
}

/** First and next offset of each partition. */
export interface TopicEnds {
  readonly low: Positions;
  readonly high: Positions;
}

/** The partitions of each topic that there is. Asked anew each time: kafkajs may remember an older answer for minutes. */
export async function partitionsByTopic(admin: Admin): Promise<ReadonlyMap<string, readonly number[]>> {
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ partitionId }) => partitionId)]));
}

/**
 * Waits while a partition has no leader that answers for it, as when the topic was made a moment ago: that passes. Rejects when
 * `signal` aborts.
 */
export async function endsOf(admin: Admin, topic: string, signal: AbortSignal): Promise<TopicEnds> {
  for (;;) {
    const offsets = await offsetsIfLed(admin, topic);
    if (offsets) return endsFrom(offsets);
    await delay(RETRY_MS, undefined, { signal });
  }
}

type TopicOffsets = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;

async function offsetsIfLed(admin: Admin, topic: string): Promise<TopicOffsets | undefined> {
  try {
    return await admin.fetchTopicOffsets(topic);
  } catch (error) {
    if ((error as { readonly type?: string }).type === NOT_LED) return undefined;
    throw error;
  }
}

function endsFrom(offsets: TopicOffsets): TopicEnds {
  return {
    low: new Map(offsets.map(({ partition, low }) => [partition, BigInt(low)])),
    high: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])),
  };
}

/** Where each group stands, partition by partition. */
export async function groupPositions(
  admin: Admin,
  options: { readonly topic: string; readonly groups: readonly string[] },
): Promise<(partition: number) => readonly GroupPosition[]> {
  const { topic, groups } = options;
  const committed = await Promise.all(
    groups.map(async (groupId) => {
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return new Map(offsets?.partitions.map(({ partition, offset }) => [partition, offset]));
    }),
  );
  return (partition) =>
    groups.map((group, i) => {
      const offset = committed[i]?.get(partition) ?? NEVER_COMMITTED;
      return { group, committedOffset: offset === NEVER_COMMITTED ? undefined : offset };
    });
}
