import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import neo4j from 'neo4j-driver';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { pollUntil } from '../../src/lib/deadline.js';

export interface Message {
  readonly partition: number;
  readonly offset: string;
  readonly value: string;
}

/** The three stores, started, and what these tests read from them. */
export interface Stores extends AsyncDisposable {
  /** What a service needs to find them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly redis: Redis;
  graph(cypher: string, parameters: Readonly<Record<string, unknown>>): Promise<readonly Record<string, unknown>[]>;
  /** All messages of the topic under the key, once there are at least so many. */
  messages(topic: string, key: string, atLeast: number): Promise<readonly Message[]>;
  /** How many consumers the group has. */
  membersOf(group: string): Promise<number>;
  isCommitted(group: string, topic: string, message: Message | undefined): Promise<boolean>;
  /** Waits until the group has committed past the message. */
  committed(group: string, topic: string, message: Message | undefined): Promise<void>;
}

const NEO4J_USER = 'neo4j';
const NEO4J_PASSWORD = 'tracecourt';

export async function startStores(): Promise<Stores> {
  const servers = await Promise.all([startEmbeddedNeo4j(), startEmbeddedRedis(), startEmbeddedKafka()]);
  const [graphServer, cacheServer, logServer] = servers;
  const driver = neo4j.driver(graphServer.url, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), {
    disableLosslessIntegers: true,
  });
  const redis = new Redis(cacheServer.url);
  const kafka = new Kafka({ clientId: 'test', brokers: [logServer.url], logLevel: logLevel.ERROR });
  const log = await readLog(kafka, ['gpu.allocated', 'gpu.rejected']);

  const isCommitted: Stores['isCommitted'] = async (group, topic, message) => {
    if (!message) return false;
    const [offsets] = await log.admin.fetchOffsets({ groupId: group, topics: [topic] });
    const position = offsets?.partitions.find(({ partition }) => partition === message.partition)?.offset ?? '-1';
    return BigInt(position) > BigInt(message.offset);
  };

  return {
    environment: {
      NEO4J_URL: graphServer.url,
      NEO4J_USER,
      NEO4J_PASSWORD,
      REDIS_URL: cacheServer.url,
      KAFKA_BROKERS: logServer.url,
    },
    redis,
    graph: async (cypher, parameters) => {
      const { records } = await driver.executeQuery(cypher, parameters);
      return records.map((record) => record.toObject());
    },
    messages: async (topic, key, atLeast) => {
      const enough = async () => {
        const found = log.messages.filter((message) => message.topic === topic && message.key === key);
        return found.length >= atLeast ? found : undefined;
      };
      const found = await pollUntil(enough, { timeoutMs: 10_000, everyMs: 20 });
      if (!found) throw new Error(`no ${atLeast} messages in ${topic} under ${key}`);
      return found;
    },
    membersOf: async (group) => (await log.admin.describeGroups([group])).groups[0]?.members.length ?? 0,
    isCommitted,
    committed: async (group, topic, message) => {
      const done = async () => ((await isCommitted(group, topic, message)) ? true : undefined);
      const result = await pollUntil(done, { timeoutMs: 10_000, everyMs: 20 });
      if (!result) throw new Error(`${group} has not committed past ${topic} ${message?.partition}:${message?.offset}`);
    },
    [Symbol.asyncDispose]: async () => {
      await log.stop();
      redis.disconnect();
      await driver.close();
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

interface KeyedMessage extends Message {
  readonly topic: string;
  readonly key: string;
}

async function readLog(kafka: Kafka, topics: readonly string[]) {
  const messages: KeyedMessage[] = [];
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 3 })), waitForLeaders: true });
  const consumer = kafka.consumer({ groupId: 'test', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const { offset, key, value } = message;
      messages.push({ topic, partition, offset, key: String(key), value: String(value) });
    },
  });
  const stop = async () => {
    await consumer.disconnect();
    await admin.disconnect();
  };
  return { messages, admin, stop };
}
