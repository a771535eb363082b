import { startOwnRedis } from '../helpers/own-redis.js';
import { skip } from '../helpers/skip.js';
import { PASSWORD, RESTRICTED_USER } from './redis/bench.js';
import { redisBattery } from './redis-battery.js';

const url = process.env['REDIS_URL'];
const { name, password, rules } = RESTRICTED_USER;
const LOCKED = ['--requirepass', PASSWORD, '--user', name, 'on', `>${password}`, ...rules];

describe('a real Redis', () => {
  if (url) return redisBattery({ server: 'real', url: () => url, startLocked: () => startOwnRedis(LOCKED) });

  it('passes the battery', function () {
    skip(this, 'set REDIS_URL=redis://HOST:PORT, or run npm run test:real');
  });
});
