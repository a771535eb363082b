import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import neo4j, { type Driver } from 'neo4j-driver';
import { ensureTopics } from '../topics.js';
import { settings } from './settings.js';

/** A driver for the graph at NEO4J_URL. Throws when it does not answer. */
export async function connectNeo4j(): Promise<Driver> {
  const { NEO4J_URL } = settings('NEO4J_URL');
  const { NEO4J_USER = '', NEO4J_PASSWORD = '' } = process.env;
  const auth = NEO4J_USER === '' ? undefined : neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD);
  const driver = neo4j.driver(NEO4J_URL, auth, {
    disableLosslessIntegers: true,
    // Less than whoever asks waits for: a graph that is gone is an error, not a request without an answer.
    maxTransactionRetryTime: 10_000,
  });
  await answered('Neo4j', NEO4J_URL, driver.verifyConnectivity());
  return driver;
}

/** A cache that is gone is an error within a second, not a request without an answer for many. */
const FAIL_SOON = { maxRetriesPerRequest: 3, retryStrategy: (times: number) => Math.min(50 * times, 200) };

/** A client of the cache at REDIS_URL. Throws when it does not answer. */
export async function connectRedis(): Promise<Redis> {
  const { REDIS_URL } = settings('REDIS_URL');
  const redis = new Redis(REDIS_URL, { lazyConnect: true, ...FAIL_SOON });
  redis.on('error', (error: Error) => console.error(`redis: ${error.message}`));
  await answered('Redis', REDIS_URL, redis.connect());
  return redis;
}

/** A client of the brokers at KAFKA_BROKERS, a comma-separated list. Throws when none answers. */
export async function connectKafka(clientId: string): Promise<Kafka> {
  const { KAFKA_BROKERS } = settings('KAFKA_BROKERS');
  const kafka = new Kafka({ clientId, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.WARN });
  await answered('Kafka', KAFKA_BROKERS, ensureTopics(kafka));
  return kafka;
}

async function answered(store: string, address: string, attempt: Promise<unknown>): Promise<void> {
  await attempt.catch((error: unknown) => {
    throw new Error(
      `${store} does not answer at ${address} (${error instanceof Error ? error.message : String(error)})`,
    );
  });
}
