import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { neo4jBattery } from './neo4j-battery.js';

describe('the embedded Neo4j', () => {
  let server: EmbeddedServer;

  before(async () => {
    server = await startEmbeddedNeo4j({ password: 'secret' });
  });

  after(() => server[Symbol.asyncDispose]());

  neo4jBattery({ server: 'embedded', url: () => server.url, user: 'neo4j', password: 'secret' });
});
