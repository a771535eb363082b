import { Redis } from 'ioredis';
import { redisBattery } from './redis-battery.js';

const url = process.env['REDIS_URL'];

describe('Real Redis', () => {
  if (url === undefined || url === '') {
    it('is skipped: no REDIS_URL; set it to redis://HOST:PORT to run the battery against a real server', function () {
      this.skip();
    });
    return;
  }
  redisBattery({ server: 'real', connect: (options) => new Redis(url, options) });
});
