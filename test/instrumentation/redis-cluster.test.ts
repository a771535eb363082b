import { expect } from 'chai';
import type { Span } from '../../src/model/index.js';
import { hasRedisServer, type RedisCluster, startRedisCluster } from '../helpers/redis-cluster.js';
import { skip } from '../helpers/skip.js';
import {
  type Outcome,
  plain,
  runCases,
  startTracedPrograms,
  type TracedPrograms,
  told,
} from '../helpers/traced-cases.js';

interface Row {
  readonly body: string;
  readonly told: readonly string[];
  readonly outcome: unknown;
}

const ROWS: Readonly<Record<string, Row>> = {
  'a command': { body: `return cluster.set('{a}k', 'v');`, told: ['SET'], outcome: 'OK' },
  'a command before the slots are known': {
    body: `return connect().set('{a}k', 'v');`,
    told: ['SET'],
    outcome: 'OK',
  },
  'a pipeline before the slots are known': {
    body: `return connect().pipeline().set('{a}k', 'v').get('{a}k').exec();`,
    told: ['SET', 'GET'],
    outcome: [
      [null, 'OK'],
      [null, 'v'],
    ],
  },
  'a transaction before the slots are known': {
    body: `return connect().multi().set('{a}k', 'v').get('{a}k').exec();`,
    told: ['MULTI', 'SET', 'GET', 'EXEC'],
    outcome: [
      [null, 'OK'],
      [null, 'v'],
    ],
  },
  'a command whose slot has moved': {
    body: `const stale = connect(); await stale.get('{moved}k'); await move('{moved}'); return stale.set('{moved}k', 'w');`,
    told: ['GET', 'SET'],
    outcome: 'OK',
  },
  'a pipeline whose slot has moved': {
    body: `const stale = connect(); await stale.get('{piped}k'); await move('{piped}'); return stale.pipeline().get('{piped}k').get('{piped}l').exec();`,
    told: ['GET', 'GET: MOVED', 'GET: MOVED', 'GET', 'GET'],
    outcome: [
      [null, null],
      [null, null],
    ],
  },
  'a transaction whose slot has moved': {
    body: `const stale = connect(); await stale.get('{multi}k'); await move('{multi}'); return stale.multi().set('{multi}k', 'v').exec();`,
    told: ['GET', 'MULTI', 'SET: MOVED', 'EXEC: EXECABORT', 'MULTI', 'SET', 'EXEC'],
    outcome: [[null, 'OK']],
  },
  'a refused command': {
    body: `await cluster.set('{a}k', 'v'); return cluster.incr('{a}k').catch(({ name }) => name);`,
    told: ['SET', 'INCR: ERR'],
    outcome: 'ReplyError',
  },
  'a script': {
    body: `
      cluster.defineCommand('echoed', { numberOfKeys: 1, lua: 'return ARGV[1]' });
      return cluster.echoed('{a}k', 'v');`,
    told: ['EVALSHA'],
    outcome: 'v',
  },
  'a message that is published': {
    body: `
      const subscriber = connect();
      const heard = new Promise((resolve) => subscriber.on('message', (_, text) => resolve([text, currentRequestId() ?? 'no request'])));
      await subscriber.subscribe('channel');
      await cluster.publish('channel', 'hello');
      return heard;`,
    told: ['SUBSCRIBE', 'PUBLISH'],
    outcome: ['hello', 'no request'],
  },
  'commands that the client pipelines itself, before the slots are known': {
    body: `
      const auto = connect({ enableAutoPipelining: true });
      return Promise.all(['first of two', 'second of two'].map((id) => outside(() => withRequestId(id, wrapStep('step', () => auto.set('{a}' + id, 1))))));`,
    told: [],
    outcome: ['OK', 'OK'],
  },
};

describe('the cluster client of ioredis under tracing', () => {
  let programs: TracedPrograms;
  let servers: RedisCluster;
  let outcomes: Readonly<Record<string, Outcome>>;

  const setup = `
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { Cluster } from 'ioredis';
import { currentRequestId } from '@tracecourt/instrumentation';
const clients = [];
const connect = (options) => {
  const client = new Cluster([{ host: '127.0.0.1', port: Number(process.env.CLUSTER_PORT) }], options);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};
const cluster = connect();
await once(cluster, 'ready');
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
const move = async (tag) => { console.log('move ' + tag); await lines.next(); };
`;

  before(async function () {
    if (!hasRedisServer()) skip(this, 'install redis-server');
    programs = await startTracedPrograms();
    servers = await startRedisCluster(2);
    const cases = {
      setup,
      cases: {
        ...Object.fromEntries(Object.entries(ROWS).map(([id, { body }]) => [id, body])),
        attributes: `await cluster.set('{a}ctx', 'secret');`,
      },
      teardown: 'for (const client of clients) client.disconnect(); process.stdin.destroy();',
    };
    outcomes = await runCases(programs, {
      service: 'cluster-client',
      cases,
      environment: { CLUSTER_PORT: String(servers.ports[0]) },
      onLine: moveSlotOf,
    });
  });
  after(async () => {
    await servers?.[Symbol.asyncDispose]();
    await programs?.[Symbol.asyncDispose]();
  });

  /** The slot of the tag is given to the other node. */
  async function moveSlotOf(line: string): Promise<string | undefined> {
    const [, tag] = /^move (.*)$/.exec(line) ?? [];
    if (tag === undefined) return undefined;
    await servers.moveAway(tag);
    return 'moved';
  }

  for (const [id, row] of Object.entries(ROWS)) {
    it(`tells of ${id}, and ends every span with its work`, async () => {
      const request = await programs.request(id);
      expect(told(request)).to.deep.equal(row.told);
      expect(request.completedBy).to.equal('accounted');
      expect(outcomes[id]).to.deep.equal({ returned: row.outcome });
    });
  }

  it('gives a command that the client pipelines itself to the request that issued it', async () => {
    for (const id of ['first of two', 'second of two']) {
      const request = await programs.request(id);
      expect([told(request), request.completedBy]).to.deep.equal([['SET'], 'accounted']);
    }
  });

  it('says which node was asked', async () => {
    const { spans } = await programs.request('attributes');
    const set = spans.find(({ name }) => name === 'SET') as Span;
    expect(plain(set.attributes)).to.include({ 'db.query.text': 'SET {a}ctx ?', 'server.address': '127.0.0.1' });
    expect(servers.ports).to.include(plain(set.attributes)['server.port']);
  });
});
