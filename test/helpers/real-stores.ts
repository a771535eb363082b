import type { RunOptions } from '../../src/orchestrator/index.js';

/** What would enable a test of the real stores. */
export const REAL_STORES_WANTED = 'set NEO4J_URL, REDIS_URL and KAFKA_BROKERS, or run npm run test:real';

/** The variables that say where the real stores are; undefined unless all three are named. */
export function realStores(): Readonly<Record<string, string>> | undefined {
  const { NEO4J_URL, NEO4J_USER = '', NEO4J_PASSWORD = '', REDIS_URL, KAFKA_BROKERS } = process.env;
  if (!NEO4J_URL || !REDIS_URL || !KAFKA_BROKERS) return undefined;
  return { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD, REDIS_URL, KAFKA_BROKERS };
}

/** The same, as a run in this process is told. */
export function realStoreAddresses(): RunOptions['stores'] | undefined {
  const stores = realStores();
  return (
    stores && {
      neo4jUrl: stores['NEO4J_URL'],
      neo4jUser: stores['NEO4J_USER'],
      neo4jPassword: stores['NEO4J_PASSWORD'],
      redisUrl: stores['REDIS_URL'],
      kafkaBrokers: stores['KAFKA_BROKERS']?.split(','),
    }
  );
}
