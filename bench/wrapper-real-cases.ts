import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Client } from '@grpc/grpc-js';
import { context, propagation, SpanKind } from '@opentelemetry/api';
import {
  createFetchInstrumentation,
  createHttpInstrumentation,
  GrpcInstrumentation,
  KafkaInstrumentation,
  Neo4jInstrumentation,
  RedisInstrumentation,
} from '@tracecourt/instrumentation';
import type { Kafka, Producer } from 'kafkajs';
import type { Session } from 'neo4j-driver';
import type { Case } from './wrapper-step-cases.js';
import { type BenchTracing, byHand, headersByHand } from './wrapper-tracing.js';

/** Where the servers of wrapper-servers.ts are. */
export interface Servers {
  readonly neo4j: string;
  readonly redis: string;
  readonly kafka: string;
  readonly http: string;
  readonly grpc: string;
}

interface Work {
  readonly name: string;
  readonly times: number;
  readonly steps?: number;
  readonly bare: () => Promise<unknown>;
  readonly hand: () => Promise<unknown>;
  readonly wrapped: () => Promise<unknown>;
  readonly before?: () => void;
  readonly after?: () => void;
  readonly dispose?: () => Promise<unknown>;
}

const require = createRequire(import.meta.url);
const CLIENT = { kind: SpanKind.CLIENT };

/** Real clients, each call made to a server in another process. */
export async function realCases(tracing: BenchTracing, servers: Servers): Promise<readonly Case[]> {
  // Before anything that requires http: it is patched when it is first required.
  createHttpInstrumentation();
  const works = [
    ...(await redisWorks(tracing, servers)),
    ...(await neo4jWorks(tracing, servers)),
    ...(await kafkaWorks(tracing, servers)),
    await grpcWork(tracing, servers),
    ...httpWorks(tracing, servers),
  ];
  return works.map((work) => caseOf(tracing, work));
}

function caseOf({ inRequest }: BenchTracing, { bare, hand, wrapped, before, after, ...work }: Work): Case {
  const repeat = (call: () => Promise<unknown>) => (times: number) =>
    inRequest(async () => {
      for (let i = 0; i < times; i++) await call();
    });
  const ways = [
    { name: 'bare', run: repeat(bare) },
    { name: 'by hand', run: repeat(hand) },
    { name: 'wrapped', run: repeat(wrapped), ...(before && { before }), ...(after && { after }) },
  ];
  return { ...work, ways };
}

interface Copies<M> {
  readonly plain: M;
  readonly traced: M;
}

/**
 * The package loaded twice, and traced in one copy only: to put a wrapper on and off would throw away what the engine has
 * compiled, and measure that.
 */
function twoCopies<M>(name: string, instrument: () => unknown): Copies<M> {
  const plain = require(name) as M;
  const [root = name] = name.split('/');
  for (const file of Object.keys(require.cache)) if (file.includes(`node_modules/${root}`)) delete require.cache[file];
  instrument();
  return { plain, traced: require(name) as M };
}

async function redisWorks({ tracer }: BenchTracing, { redis: url }: Servers): Promise<readonly Work[]> {
  const { plain, traced } = twoCopies<typeof import('ioredis')>('ioredis', () => new RedisInstrumentation());
  const clients = [new plain.Redis(url), new traced.Redis(url)] as const;
  const [redis, tracedRedis] = clients;
  await Promise.all([redis.set('k', 'v'), tracedRedis.ping()]);
  const get = () => redis.get('k');
  const pipeline = (client = redis) => {
    const batch = client.pipeline();
    for (let i = 0; i < 10; i++) batch.get('k');
    return batch.exec();
  };
  return [
    {
      name: 'ioredis, a command',
      times: 1000,
      bare: get,
      hand: () => byHand(tracer, { name: 'GET', ...CLIENT }, get),
      wrapped: () => tracedRedis.get('k'),
    },
    {
      name: 'ioredis, a command in a pipeline of ten',
      times: 200,
      steps: 10,
      bare: () => pipeline(),
      hand: async () => {
        const spans = Array.from({ length: 10 }, () => tracer.startSpan('GET', CLIENT));
        await pipeline();
        for (const span of spans) span.end();
      },
      wrapped: () => pipeline(tracedRedis),
      dispose: async () => clients.map((client) => client.disconnect()),
    },
  ];
}

async function neo4jWorks({ tracer }: BenchTracing, { neo4j: url }: Servers): Promise<readonly Work[]> {
  const { plain, traced } = twoCopies<typeof import('neo4j-driver')>('neo4j-driver', () => new Neo4jInstrumentation());
  const drivers = [plain, traced].map((neo4j) => neo4j.driver(url, neo4j.auth.basic('neo4j', 'bench')));
  const [session, tracedSession] = drivers.map((driver) => driver.session({ database: 'neo4j' })) as [Session, Session];
  const query = 'MATCH (g:Gpu {id: $id}) RETURN g.model AS model';
  const run = async (on = session) => on.run(query, { id: 'gpu-7' });
  const transaction = async () => {
    const begun = await tracedSession.beginTransaction();
    await begun.run(query, { id: 'gpu-7' });
    await begun.commit();
  };
  const named = (name: string) => ({ name, ...CLIENT });
  return [
    {
      name: 'neo4j-driver, a query',
      times: 300,
      bare: () => run(),
      hand: () => byHand(tracer, named('MATCH Gpu'), () => run()),
      wrapped: () => run(tracedSession),
    },
    {
      name: 'neo4j-driver, one of three in a transaction',
      times: 100,
      steps: 3,
      bare: async () => {
        const begun = await session.beginTransaction();
        await begun.run(query, { id: 'gpu-7' });
        await begun.commit();
      },
      hand: async () => {
        const begun = await byHand(tracer, named('BEGIN'), async () => session.beginTransaction());
        await byHand(tracer, named('MATCH Gpu'), async () => begun.run(query, { id: 'gpu-7' }));
        await byHand(tracer, named('COMMIT'), async () => begun.commit());
      },
      wrapped: transaction,
      dispose: () => Promise.all(drivers.map((driver) => driver.close())),
    },
  ];
}

async function kafkaWorks({ tracer }: BenchTracing, { kafka: broker }: Servers): Promise<readonly Work[]> {
  const { plain, traced } = twoCopies<typeof import('kafkajs')>('kafkajs', () => new KafkaInstrumentation());
  const { logLevel, Partitioners } = plain;
  const [kafka, tracedKafka] = [plain, traced].map(
    ({ Kafka }) => new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }),
  ) as [Kafka, Kafka];
  const admin = kafka.admin();
  await admin.connect();
  const topics = ['bench', 'bench-read'].map((topic) => ({ topic, numPartitions: 1 }));
  await admin.createTopics({ topics });
  await admin.disconnect();
  const producers = [kafka, tracedKafka].map((client) =>
    client.producer({ createPartitioner: Partitioners.DefaultPartitioner }),
  );
  const [producer, tracedProducer] = producers as [Producer, Producer];
  await Promise.all(producers.map((each) => each.connect()));
  const send = (headers: Record<string, string> = {}, by = producer) =>
    by.send({ topic: 'bench', messages: [{ key: 'k', value: 'v', headers }] });

  await tracer.startActiveSpan('filling', async (span) => {
    const messages = Array.from({ length: MESSAGES }, () => ({ key: 'k', value: 'v', headers: headersByHand({}) }));
    await producer.send({ topic: 'bench-read', messages });
    span.end();
  });
  const consume = async (handle: (headers: Record<string, unknown>) => Promise<void>, by = kafka) => {
    const consumer = by.consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topic: 'bench-read', fromBeginning: true });
    let left = MESSAGES;
    const eachMessage = (done: () => void) => async (payload: { message: { headers?: Record<string, unknown> } }) => {
      await handle(payload.message.headers ?? {});
      left -= 1;
      if (left === 0) done();
    };
    await new Promise<void>((resolve) => void consumer.run({ eachMessage: eachMessage(resolve) }));
    await consumer.disconnect();
  };
  const nothing = async () => undefined;
  return [
    {
      name: 'kafkajs, a message sent',
      times: 300,
      bare: () => send(),
      hand: () => byHand(tracer, { name: 'send bench', kind: SpanKind.PRODUCER }, () => send(headersByHand({}))),
      wrapped: () => send({}, tracedProducer),
    },
    {
      name: 'kafkajs, a message handled',
      times: 1,
      steps: MESSAGES,
      bare: () => consume(nothing),
      hand: () =>
        consume((headers) => {
          const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
          const sender = propagation.extract(context.active(), texts);
          return context.with(sender, () =>
            byHand(tracer, { name: 'process bench', kind: SpanKind.CONSUMER }, nothing),
          );
        }),
      wrapped: () => consume(nothing, tracedKafka),
      dispose: () => Promise.all(producers.map((each) => each.disconnect())),
    },
  ];
}

const MESSAGES = 2000;

async function grpcWork({ tracer }: BenchTracing, { grpc: address }: Servers): Promise<Work> {
  const { plain, traced } = twoCopies<typeof import('@grpc/grpc-js')>('@grpc/grpc-js', () => new GrpcInstrumentation());
  const clients = [plain, traced].map((grpc) => new grpc.Client(address, grpc.credentials.createInsecure()));
  const [client, tracedClient] = clients as [Client, Client];
  const bytes = (value: Buffer) => value;
  const body = Buffer.from('hello');
  const call = (metadata = new plain.Metadata(), by = client) =>
    new Promise<void>((resolve, reject) => {
      by.makeUnaryRequest('/bench.Bench/Echo', bytes, bytes, body, metadata, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  return {
    name: '@grpc/grpc-js, a call',
    times: 300,
    bare: () => call(),
    hand: () =>
      byHand(tracer, { name: 'bench.Bench/Echo', ...CLIENT }, () => {
        const metadata = new plain.Metadata();
        for (const [name, value] of Object.entries(headersByHand({}))) metadata.set(name, value);
        return call(metadata);
      }),
    wrapped: () => call(new traced.Metadata(), tracedClient),
    dispose: async () => clients.map((each) => each.close()),
  };
}

function httpWorks({ tracer }: BenchTracing, { http: url }: Servers): readonly Work[] {
  const http = require('node:http') as typeof import('node:http');
  const { request } = http;
  const plainRequest = Reflect.get(request, '__original') as typeof request;
  const fetching = createFetchInstrumentation();
  fetching.disable();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = (headers: Record<string, string> = {}, by = plainRequest) =>
    new Promise<void>((resolve, reject) => {
      by(url, { agent, headers }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });
  const load = async (headers: Record<string, string> = {}) => void (await (await fetch(url, { headers })).text());
  return [
    {
      name: 'http, a call (the official instrumentation)',
      times: 300,
      bare: () => get(),
      hand: () => byHand(tracer, { name: 'GET', ...CLIENT }, () => get(headersByHand({}))),
      wrapped: () => get({}, request),
      dispose: async () => agent.destroy(),
    },
    {
      name: 'fetch, a call (the official instrumentation)',
      times: 300,
      bare: () => load(),
      hand: () => byHand(tracer, { name: 'GET', ...CLIENT }, () => load(headersByHand({}))),
      wrapped: () => load(),
      before: () => fetching.enable(),
      after: () => fetching.disable(),
    },
  ];
}
