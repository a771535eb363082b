export { startEmbeddedKafka } from './start-embedded-kafka.js';
