import { expect } from 'chai';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import type { Span } from '../../src/model/index.js';
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
  readonly outcome?: unknown;
  /** What the embedded server refuses. */
  readonly needs?: 'scripts' | 'blocking';
}

const ROWS: Readonly<Record<string, Row>> = {
  'a command': { body: `return redis.set('k', 'v');`, told: ['SET'], outcome: 'OK' },
  'a command with a callback': {
    body: `await redis.set('k', 'v'); return new Promise((resolve) => redis.get('k', (error, value) => resolve(value)));`,
    told: ['SET', 'GET'],
    outcome: 'v',
  },
  'a command that waits for its connection': {
    body: `const late = connect(); const reply = await late.ping(); return reply;`,
    told: ['PING'],
    outcome: 'PONG',
  },
  'a command of a client that connects when asked': {
    body: `const lazy = connect({ lazyConnect: true }); const reply = await lazy.ping(); return reply;`,
    told: ['PING'],
    outcome: 'PONG',
  },
  'a command in binary': {
    body: `await redis.set('k', 'v'); return (await redis.getBuffer('k')).toString('hex');`,
    told: ['SET', 'GET'],
    outcome: '76',
  },
  'a refused command': {
    body: `await redis.set('k', 'v'); await redis.incr('k');`,
    told: ['SET', 'INCR: ERR'],
  },
  'a command for a value of another kind': {
    body: `await redis.set('k', 'v'); await redis.lpush('k', 1);`,
    told: ['SET', 'LPUSH: WRONGTYPE'],
  },
  'a command on a closed client': {
    body: `const closed = connect(); await closed.ping(); closed.disconnect(); await once(closed, 'end'); await closed.get('k');`,
    told: ['PING', 'GET: Error'],
  },
  'a command on a client that must not wait': {
    body: `const hasty = connect({ enableOfflineQueue: false }); await hasty.get("k");`,
    told: ['GET: Error'],
  },
  'a command that is out of time': {
    body: `const hurried = connect({ commandTimeout: 2_000 }); await hurried.ping(); await hurried.blpop("nothing", 5);`,
    told: ['PING', 'BLPOP: Error'],
    needs: 'blocking',
  },
  'a pipeline': {
    body: `return redis.pipeline().set('k', 'v').get('k').incr('k').exec().then((replies) => replies.map(([error, reply]) => error?.message ?? reply));`,
    told: ['SET', 'GET', 'INCR: ERR'],
    outcome: ['OK', 'v', 'ERR value is not an integer or out of range'],
  },
  'a pipeline that waits for its connection': {
    body: `const late = connect(); const replies = await late.pipeline().set('k', 'v').get('k').exec(); return replies;`,
    told: ['SET', 'GET'],
    outcome: [
      [null, 'OK'],
      [null, 'v'],
    ],
  },
  'a transaction': {
    body: `return redis.multi().set('k', 'v').get('k').exec();`,
    told: ['MULTI', 'SET', 'GET', 'EXEC'],
    outcome: [
      [null, 'OK'],
      [null, 'v'],
    ],
  },
  'a transaction in which a command fails': {
    body: `return redis.multi().set('k', 'v').incr('k').get('k').exec().then((replies) => replies.map(([error, reply]) => error?.message ?? reply));`,
    told: ['MULTI', 'SET', 'INCR: ERR', 'GET', 'EXEC'],
    outcome: ['OK', 'ERR value is not an integer or out of range', 'v'],
  },
  'a transaction with a command that is none': {
    body: `await redis.multi().set('k', 'v').call('NOSUCH', 'k').exec();`,
    told: ['MULTI', 'SET: EXECABORT', 'NOSUCH: ERR', 'EXEC: EXECABORT'],
  },
  'a transaction whose watched key changes': {
    body: `
      await redis.watch('watched');
      const other = connect(redis.options);
      await other.set('watched', String(Math.random()));
     
      return redis.multi().set('k', 'v').exec();`,
    told: ['WATCH', 'SET', 'MULTI', 'SET: DISCARDED', 'EXEC'],
    outcome: null,
  },
  'a transaction command by command': {
    body: `await redis.multi({ pipeline: false }); const queued = await redis.set('k', 'v'); await redis.incr('k'); return [queued, (await redis.exec()).map(([error, reply]) => error?.message ?? reply)];`,
    told: ['MULTI', 'SET', 'INCR: ERR', 'EXEC'],
    outcome: ['QUEUED', ['OK', 'ERR value is not an integer or out of range']],
  },
  'a transaction that is discarded': {
    body: `await redis.multi({ pipeline: false }); await redis.set('k', 'v'); return redis.discard();`,
    told: ['MULTI', 'SET: DISCARDED', 'DISCARD'],
    outcome: 'OK',
  },
  'a transaction whose connection ends': {
    body: `const broken = connect(); await broken.multi({ pipeline: false }); await broken.set('k', 'v'); broken.disconnect(); await once(broken, 'end');`,
    told: ['MULTI', 'SET: DISCARDED'],
    outcome: null,
  },
  'the value QUEUED itself': {
    body: `await redis.set('k', 'QUEUED'); return [await redis.get('k'), await redis.multi().get('k').exec()];`,
    told: ['SET', 'GET', 'MULTI', 'GET', 'EXEC'],
    outcome: ['QUEUED', [[null, 'QUEUED']]],
  },
  'a blocking command that is answered': {
    body: `
      const blocked = connect(redis.options);
      const popped = blocked.blpop('queue', 5);
      await redis.lpush('queue', 'x');
      const reply = await popped;
     
      return reply[1];`,
    told: ['BLPOP', 'LPUSH'],
    needs: 'blocking',
    outcome: 'x',
  },
  'a blocking command that waits in vain': {
    body: `const blocked = connect(redis.options); const reply = await blocked.blpop('nothing', 0.05); return reply;`,
    told: ['BLPOP'],
    needs: 'blocking',
    outcome: null,
  },
  'a blocking command whose connection ends': {
    body: `const blocked = connect(); await blocked.ping(); setTimeout(() => blocked.disconnect(), 50); await blocked.blpop('nothing', 5);`,
    told: ['PING', 'BLPOP: Error'],
    needs: 'blocking',
  },
  'a script': {
    body: `
      const scripted = connect(redis.options);
      scripted.defineCommand('echoed', { numberOfKeys: 1, lua: 'return {#KEYS, ARGV[1]}' });
      const replies = [await scripted.echoed('k', 'v'), await scripted.echoed('k', 'w')];
     
      return replies;`,
    told: ['EVALSHA', 'EVALSHA'],
    outcome: [
      [1, 'v'],
      [1, 'w'],
    ],
    needs: 'scripts',
  },
  'a script that the server has forgotten': {
    body: `
      const scripted = connect(redis.options);
      scripted.defineCommand('forgotten', { numberOfKeys: 1, lua: 'return ARGV[1]' });
      await scripted.forgotten('k', 'v');
      await scripted.script('FLUSH');
      const reply = await scripted.forgotten('k', 'w');
     
      return reply;`,
    told: ['EVALSHA', 'SCRIPT', 'EVALSHA: NOSCRIPT', 'EVALSHA'],
    outcome: 'w',
    needs: 'scripts',
  },
  'a message that is published': {
    body: `return redis.publish('nobody:listens', 'hello');`,
    told: ['PUBLISH'],
    outcome: 0,
  },
  'a subscriber that is opened within a request': {
    body: `
      const subscriber = connect();
      const heard = new Promise((resolve) => subscriber.on('message', (channel, text) => resolve([text, currentRequestId() ?? 'no request'])));
      await subscriber.subscribe('channel');
      await redis.publish('channel', 'hello');
      const [text, request] = await heard;
     
      return [text, request];`,
    told: ['SUBSCRIBE', 'PUBLISH'],
    outcome: ['hello', 'no request'],
  },
  'a message that carries its context, as the service has put it there': {
    body: `
      const subscriber = connect();
      const hear = wrapStep('hear', () => currentRequestId());
      const heard = new Promise((resolve) => subscriber.on('message', (channel, text) => {
        resolve(activeContext.with(propagation.extract(ROOT_CONTEXT, JSON.parse(text).headers), hear));
      }));
      await subscriber.subscribe('channel');
      const headers = {};
      propagation.inject(activeContext.active(), headers);
      await redis.publish('channel', JSON.stringify({ headers, text: 'hello' }));
      return heard;`,
    told: ['SUBSCRIBE', 'PUBLISH', 'hear'],
    outcome: 'a message that carries its context, as the service has put it there',
  },
  'commands that the client pipelines itself': {
    body: `
      const auto = connect({ enableAutoPipelining: true });
      await auto.ping();
      const both = [
        outside(() => withRequestId('first of two', wrapStep('step', () => auto.set('a', 1)))),
        outside(() => withRequestId('second of two', wrapStep('step', () => auto.set('b', 2)))),
      ];
      const replies = await Promise.all(both);
     
      return replies;`,
    told: ['PING'],
    outcome: ['OK', 'OK'],
  },
};

interface Cache extends AsyncDisposable {
  readonly url: string;
}

const forAll = Object.fromEntries(Object.entries(ROWS).filter(([, { needs }]) => !needs));

redisUnderTracing('embedded', forAll, async () => {
  const server = await startEmbeddedRedis();
  return { url: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});
const { REDIS_URL } = process.env;
if (REDIS_URL) {
  const nothing = async () => undefined;
  redisUnderTracing('real', ROWS, async () => ({ url: REDIS_URL, [Symbol.asyncDispose]: nothing }));
} else {
  describe('ioredis under tracing, real', () => {
    it('tells of every row', function () {
      skip(this, 'set REDIS_URL=redis://HOST:PORT, or run npm run test:real');
    });
  });
}

function redisUnderTracing(name: string, rows: Readonly<Record<string, Row>>, start: () => Promise<Cache>): void {
  describe(`ioredis under tracing, ${name}`, () => {
    let programs: TracedPrograms;
    let cache: Cache;
    let outcomes: Readonly<Record<string, Outcome>>;

    const setup = `
import { once } from 'node:events';
import { propagation } from '@opentelemetry/api';
import Redis from 'ioredis';
import { currentRequestId } from '@tracecourt/instrumentation';
const url = process.env.TEST_REDIS_URL;
const clients = [];
const connect = (options) => {
  const client = new Redis(url, options);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};
const redis = connect({ keyPrefix: 'traced:' + process.pid + ':' });
await once(redis, 'ready');
`;

    before(async () => {
      programs = await startTracedPrograms();
      cache = await start();
      const cases = {
        setup,
        cases: {
          ...Object.fromEntries(Object.entries(rows).map(([id, { body }]) => [id, body])),
          attributes: `await redis.set('ctx:42', 'secret', 'EX', 60);`,
        },
        teardown: `
for (const key of ['k', 'watched', 'queue', 'ctx:42']) await outside(() => redis.del(key));
for (const client of clients) client.disconnect();`,
      };
      outcomes = await runCases(programs, {
        service: 'cache-client',
        cases,
        environment: { TEST_REDIS_URL: cache.url },
      });
    });
    after(async () => {
      await cache?.[Symbol.asyncDispose]();
      await programs?.[Symbol.asyncDispose]();
    });

    for (const [id, row] of Object.entries(rows)) {
      it(`tells of ${id}, and ends every span with its work`, async () => {
        const request = await programs.request(id);
        expect(told(request)).to.deep.equal(row.told);
        expect(request.completedBy).to.equal('accounted');
        if ('outcome' in row) expect(outcomes[id]).to.deep.equal({ returned: row.outcome });
        else expect(outcomes[id]).to.have.property('thrown');
      });
    }

    it('gives a command that the client pipelines itself to the request that issued it', async () => {
      for (const id of ['first of two', 'second of two']) {
        const request = await programs.request(id);
        expect(told(request)).to.deep.equal(['SET']);
        expect(request.completedBy).to.equal('accounted');
      }
    });

    it('says where a command goes and what it does, without values', async () => {
      const { spans } = await programs.request('attributes');
      const set = spans.find(({ name: spanName }) => spanName === 'SET') as Span;
      const { hostname, port } = new URL(cache.url);
      expect(set.kind).to.equal('client');
      expect(plain(set.attributes)).to.include({
        'db.system.name': 'redis',
        'db.operation.name': 'SET',
        'server.address': hostname,
        'server.port': Number(port),
      });
      expect(plain(set.attributes)['db.query.text']).to.match(/^SET traced:\d+:ctx:42 \? \? \?$/);
    });

    it('gives the first word of an error reply as its code', async () => {
      const { spans } = await programs.request('a command for a value of another kind');
      const failed = spans.find(({ name: spanName }) => spanName === 'LPUSH') as Span;
      expect(plain(failed.attributes)).to.include({
        'db.response.status_code': 'WRONGTYPE',
        'error.type': 'WRONGTYPE',
      });
    });
  });
}
