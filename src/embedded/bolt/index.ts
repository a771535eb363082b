export { type EmbeddedNeo4jOptions, startEmbeddedNeo4j } from './start-embedded-neo4j.js';
