export { createKafkaProbe } from './kafka-probe.js';
export { createNeo4jProbe } from './neo4j-probe.js';
export { createRedisProbe } from './redis-probe.js';
export type { StoreProbe } from './store-probe.js';
