import { TracecourtError } from '../errors.js';
import { RESP } from './greeting.js';
import type { Expected, Place } from './meeting.js';

const DEFAULT_PORT = '6379';

const REDIS: Expected = {
  product: 'Redis',
  greeting: RESP,
  setting: 'REDIS_URL',
  withTls: 'Write rediss:// in REDIS_URL.',
  withoutTls: 'Write redis:// in REDIS_URL.',
};

/** Where a Redis URL leads. */
export interface RedisPlace extends Place {
  /** For the client: without the number of the database, which it would take for a wish. */
  readonly clientUrl: string;
  readonly database: number;
}

/** Host, port and database; user and password are in `clientUrl` alone. Throws TracecourtError `invalid-config`. */
export function redisPlace(url: string): RedisPlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const database = /^\/?(\d*)$/.exec(parsed?.pathname ?? '')?.[1];
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '' || database === undefined) {
    throw new TracecourtError('invalid-config', 'The URL of Redis is not of the form redis://host:port.', {
      nextStep: 'Write it like redis://127.0.0.1:6379, with /N at the end for database N.',
    });
  }
  const port = parsed.port || DEFAULT_PORT;
  parsed.pathname = '';
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    address: `${parsed.hostname}:${port}${database === '' ? '' : `/${database}`}`,
    tls: parsed.protocol === 'rediss:' ? 'trusted' : 'none',
    expected: REDIS,
    clientUrl: parsed.href,
    database: Number(database),
  };
}
