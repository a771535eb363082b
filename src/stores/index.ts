export type { Greeting } from './greeting.js';
export { createKafkaProbe } from './kafka-probe.js';
export { lookAtAddress, reachAddress } from './look-at-address.js';
export type { Expected, Look, Place } from './meeting.js';
export { createNeo4jProbe } from './neo4j-probe.js';
export { createRedisProbe } from './redis-probe.js';
export type { Identification, StoreProbe } from './store-probe.js';
