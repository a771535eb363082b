export { type EmbeddedRedisOptions, startEmbeddedRedis } from './start-embedded-redis.js';
