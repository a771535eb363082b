import { Redis } from 'ioredis';
import { battery } from './battery.js';
import { authRows } from './redis/auth-rows.js';
import { type Bench, type RedisUnderTest, Workshop } from './redis/bench.js';
import { brokenConnectionRows } from './redis/broken-connection-rows.js';
import { clientRows } from './redis/client-rows.js';
import { expiryRows } from './redis/expiry-rows.js';
import { pipelineRows } from './redis/pipeline-rows.js';
import { pubsubRows } from './redis/pubsub-rows.js';
import { tableRows } from './redis/row.js';
import { scanRows } from './redis/scan-rows.js';
import { COLLECTIONS, KEYS, SERVER, STRINGS } from './redis/tables.js';
import { transactionRows } from './redis/transaction-rows.js';
import { unsupportedRows } from './redis/unsupported-rows.js';
import { waitingRows } from './redis/waiting-rows.js';
import { WRONG_USES } from './redis/wrong-uses.js';

const GROUPS: Readonly<Record<string, (bench: Bench) => void>> = {
  strings: (bench) => tableRows(bench, STRINGS),
  collections: (bench) => tableRows(bench, COLLECTIONS),
  'keys and their ends': (bench) => tableRows(bench, KEYS),
  'server and transactions': (bench) => tableRows(bench, SERVER),
  'wrong types and numbers': (bench) => tableRows(bench, WRONG_USES),
  'through the client': clientRows,
  pipelines: pipelineRows,
  'transactions and watched keys': transactionRows,
  scans: scanRows,
  'ends of keys': expiryRows,
  'publish and subscribe': pubsubRows,
  'waiting pops': waitingRows,
  passwords: authRows,
  'broken connections': brokenConnectionRows,
  'whole Redis': unsupportedRows,
};

/** What every server that calls itself a Redis 7 MUST do for an unmodified ioredis, in both protocols. */
export function redisBattery({ server, url, startLocked }: RedisUnderTest): void {
  const identify = async () => {
    const redis = new Redis(url());
    const [, version = ''] = /^redis_version:(.+)\r$/m.exec(await redis.info('server')) ?? [];
    redis.disconnect();
    return `Redis ${version}`;
  };

  battery({ store: 'Redis', server, identify }, (differs) => {
    const workshop = new Workshop(url);
    afterEach(() => workshop.clear());

    for (const protocol of [2, 3] as const) {
      const { client, keyPrefix } = workshop;
      const raw = () => workshop.raw(protocol);
      const bench = { protocol, url, client, raw, keyPrefix, startLocked, differs };
      describe(`RESP${protocol}`, () => {
        for (const [group, rows] of Object.entries(GROUPS)) describe(group, () => rows(bench));
      });
    }
  });
}
