import { skip } from '../helpers/skip.js';
import { failureBattery } from './failure-battery.js';

const { NEO4J_URL = '', NEO4J_USER = 'neo4j', NEO4J_PASSWORD = '', REDIS_URL = '', KAFKA_BROKERS = '' } = process.env;

describe('Failures of the real servers', () => {
  if (NEO4J_URL === '' || REDIS_URL === '' || KAFKA_BROKERS === '') {
    it('are told apart', function () {
      skip(this, 'set NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD, REDIS_URL and KAFKA_BROKERS, or run npm run test:real');
    });
    return;
  }
  const at = {
    neo4j: new URL(NEO4J_URL).host,
    redis: new URL(REDIS_URL).host,
    kafka: KAFKA_BROKERS.split(',')[0] ?? '',
  };
  failureBattery({
    name: 'real',
    product: (store) => store,
    version: () => /^\d+\./,
    at: (store) => at[store],
    user: NEO4J_USER,
    password: () => NEO4J_PASSWORD,
  });
});
