import { skip } from '../helpers/skip.js';
import { neo4jBattery } from './neo4j-battery.js';

const { NEO4J_URL, NEO4J_USER = 'neo4j', NEO4J_PASSWORD = '' } = process.env;

describe('a real Neo4j', () => {
  if (NEO4J_URL) {
    return neo4jBattery({ server: 'real', url: () => NEO4J_URL, user: NEO4J_USER, password: NEO4J_PASSWORD });
  }

  it('passes the battery', function () {
    skip(this, 'set NEO4J_URL=bolt://HOST:PORT, NEO4J_USER and NEO4J_PASSWORD, or run npm run test:real');
  });
});
