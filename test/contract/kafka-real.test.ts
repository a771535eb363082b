import { kafkaBattery } from './kafka-battery.js';

const brokers = process.env['KAFKA_BROKERS']?.split(',');

if (brokers) {
  kafkaBattery({ server: 'real', brokers: () => brokers });
} else {
  describe('a Kafka-protocol broker: real', () => {
    it('is not asked: set KAFKA_BROKERS=host:port to run the contract battery against a real Kafka', function () {
      this.skip();
    });
  });
}
