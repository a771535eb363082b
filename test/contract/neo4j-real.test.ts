import { neo4jBattery } from './neo4j-battery.js';

const { NEO4J_URL, NEO4J_USER = 'neo4j', NEO4J_PASSWORD = '' } = process.env;

describe('a real Neo4j', () => {
  if (NEO4J_URL === undefined) {
    it('is not asked: set NEO4J_URL, NEO4J_USER and NEO4J_PASSWORD to run the contract against it', function () {
      this.skip();
    });
  } else {
    neo4jBattery({ server: 'real', url: () => NEO4J_URL, user: NEO4J_USER, password: NEO4J_PASSWORD });
  }
});
