import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import neo4j, { type Driver } from 'neo4j-driver';
import { settings } from './settings.js';

/** A driver for the graph at NEO4J_URL. Throws when it does not answer. */
export async function connectNeo4j(): Promise<Driver> {
  const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD } = settings('NEO4J_URL', 'NEO4J_USER', 'NEO4J_PASSWORD');
  const driver = neo4j.driver(NEO4J_URL, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), {
    disableLosslessIntegers: true,
  });
  await driver.verifyConnectivity();
  return driver;
}

/** A client of the cache at REDIS_URL. Throws when it does not answer. */
export async function connectRedis(): Promise<Redis> {
  const { REDIS_URL } = settings('REDIS_URL');
  const redis = new Redis(REDIS_URL, { lazyConnect: true });
  redis.on('error', (error: Error) => console.error(`redis: ${error.message}`));
  await redis.connect();
  return redis;
}

/** A client of the brokers at KAFKA_BROKERS, a comma-separated list. It connects when it is first used. */
export function kafkaClient(clientId: string): Kafka {
  const { KAFKA_BROKERS } = settings('KAFKA_BROKERS');
  return new Kafka({ clientId, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.WARN });
}
