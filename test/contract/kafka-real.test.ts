import { skip } from '../helpers/skip.js';
import { kafkaBattery } from './kafka-battery.js';

const brokers = process.env['KAFKA_BROKERS'];

describe('a real Kafka', () => {
  if (brokers) return kafkaBattery({ server: 'real', brokers: () => brokers.split(',') });

  it('passes the battery', function () {
    skip(this, 'set KAFKA_BROKERS=HOST:PORT, or run npm run test:real');
  });
});
