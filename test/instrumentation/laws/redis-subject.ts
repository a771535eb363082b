import { createRequire } from 'node:module';
import { RedisInstrumentation } from '@tracecourt/instrumentation';
import type { Cluster, Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../../src/embedded/redis/index.js';
import { hasRedisServer, startRedisCluster } from '../../helpers/redis-cluster.js';
import { skip } from '../../helpers/skip.js';
import { subject, type WrappedFunction } from './subject.js';
import type { WatchedCall } from './watched-calls.js';

const require = createRequire(import.meta.url);
const ioredis = () => require('ioredis') as typeof import('ioredis');

function instrument() {
  const instrumentation = new RedisInstrumentation();
  ioredis();
  return instrumentation;
}

/** A command between MULTI and EXEC goes on until EXEC is answered. */
const isQueued = ({ settled }: WatchedCall) => settled?.value === 'QUEUED';

const SEND: WrappedFunction = { label: 'sendCommand', method: 'sendCommand', rule: { spanOutlives: isQueued } };
const PIPELINE: WrappedFunction = { label: 'pipeline.sendCommand', method: 'sendCommand' };
const CONNECT: WrappedFunction = { label: 'connect', method: 'connect' };

interface Options {
  readonly lazyConnect?: boolean;
  readonly enableAutoPipelining?: boolean;
}

interface Cache extends AsyncDisposable {
  readonly redis: Redis;
  readonly connect: (options: Options) => Redis;
}

export const redisSubject = subject<Cache>({
  name: 'ioredis',
  isOurs: true,
  instrument,
  wrapped: () => [
    { owner: ioredis().Redis.prototype, functions: [SEND, CONNECT] },
    { owner: pipelineOf(), functions: [PIPELINE] },
  ],
  async start() {
    const server = await startEmbeddedRedis();
    const clients: Redis[] = [];
    const connect = (options: Options) => {
      const client = new (ioredis().Redis)(server.url, options).on('error', () => undefined);
      clients.push(client);
      return client;
    };
    const redis = connect({});
    await redis.set('text', 'v');
    return {
      redis,
      connect,
      async [Symbol.asyncDispose]() {
        for (const client of clients) client.disconnect();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  calls: {
    'a command': ({ redis }) => redis.set('k', 'v'),
    'a command with a callback': ({ redis }) =>
      new Promise((resolve) => redis.get('text', (error, value) => resolve([error, value]))),
    'a command in binary': ({ redis }) => redis.getBuffer('text'),
    'a refused command': ({ redis }) => redis.incr('text'),
    'a refused command with a callback': ({ redis }) =>
      new Promise((resolve) => void redis.incr('text', (error) => resolve(error?.message)).catch(() => undefined)),
    'a command that waits for its connection': ({ connect }) => connect({ lazyConnect: true }).get('text'),
    'a connection': ({ connect }) => connect({ lazyConnect: true }).connect(),
    'a connection that is there': async ({ redis }) => redis.connect(),
    'a command on a closed client': async ({ connect }) => {
      const client = connect({ lazyConnect: true });
      client.disconnect();
      return client.get('text');
    },
    'a pipeline': ({ redis }) => redis.pipeline().get('text').incr('text').exec(),
    'a transaction': ({ redis }) => redis.multi().get('text').incr('text').exec(),
    'a transaction command by command': async ({ redis }) => {
      await redis.multi({ pipeline: false });
      return [await redis.get('text'), await redis.exec()];
    },
    'a transaction that is refused': ({ redis }) => redis.multi().get('text').call('NOSUCH').exec(),
    'commands that the client pipelines itself': ({ connect }) => {
      const client = connect({ enableAutoPipelining: true });
      return Promise.all([client.get('text'), client.strlen('text')]);
    },
  },
});

function pipelineOf(): object {
  return (ioredis() as unknown as { Pipeline: { prototype: object } }).Pipeline.prototype;
}

interface Nodes extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly connect: () => Cluster;
}

export const redisClusterSubject = subject<Nodes>({
  name: 'the cluster client of ioredis',
  isOurs: true,
  instrument,
  wrapped: () => [
    {
      owner: ioredis().Cluster.prototype,
      functions: [
        { ...SEND, label: 'cluster.sendCommand' },
        { ...CONNECT, label: 'cluster.connect' },
        { label: 'delayUntilReady', method: 'delayUntilReady', rule: { changes: [0] } },
      ],
    },
  ],
  async start(hook) {
    if (!hasRedisServer()) skip(hook, 'install redis-server');
    const servers = await startRedisCluster(1);
    const clients: Cluster[] = [];
    const connect = () => {
      const client = new (ioredis().Cluster)([{ host: '127.0.0.1', port: servers.ports[0] ?? 0 }]);
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    };
    const cluster = connect();
    await cluster.set('text', 'v');
    return {
      cluster,
      connect,
      async [Symbol.asyncDispose]() {
        for (const client of clients) client.disconnect();
        await servers[Symbol.asyncDispose]();
      },
    };
  },
  calls: {
    'a command': ({ cluster }) => cluster.set('k', 'v'),
    'a refused command': ({ cluster }) => cluster.incr('text'),
    'a pipeline': ({ cluster }) => cluster.pipeline().get('text').incr('text').exec(),
    'a pipeline before the slots are known': ({ connect }) => connect().pipeline().get('text').exec(),
    'a transaction': ({ cluster }) => cluster.multi().get('text').exec(),
  },
});
