import { Redis } from 'ioredis';
import { skip } from '../helpers/skip.js';
import { redisBattery } from './redis-battery.js';

const url = process.env['REDIS_URL'];

describe('a real Redis', () => {
  if (url) return redisBattery({ server: 'real', connect: (options) => new Redis(url, options) });

  it('passes the battery', function () {
    skip(this, 'set REDIS_URL=redis://HOST:PORT, or run npm run test:real');
  });
});
