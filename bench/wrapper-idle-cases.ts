import { createRequire } from 'node:module';
import { context, propagation, SpanKind } from '@opentelemetry/api';
import {
  GrpcInstrumentation,
  KafkaInstrumentation,
  Neo4jInstrumentation,
  RedisInstrumentation,
} from '@tracecourt/instrumentation';
import type { Command } from 'ioredis';
import type { Case } from './wrapper-step-cases.js';
import { type BenchTracing, byHand, headersByHand } from './wrapper-tracing.js';

// Clients that do nothing but come to an end at once, in the shapes that the wrappers follow: what is left to be measured is the
// wrapper. Their commands, messages and metadata are real.

const require = createRequire(import.meta.url);
const CLIENT = { kind: SpanKind.CLIENT };

interface Definition {
  readonly patch?: (module: never, version?: string) => unknown;
  readonly files: readonly { readonly patch: (module: never) => unknown }[];
}

/** Puts the wrappers on a module that was never loaded. */
function patch(instrumentation: object, module: object): Definition {
  const { init } = instrumentation as { init(): readonly Definition[] };
  const [definition] = init.call(instrumentation);
  if (!definition) throw new Error('The instrumentation patches no module.');
  definition.patch?.(module as never);
  return definition;
}

export function idleCases({ tracer, inRequest }: BenchTracing): readonly Case[] {
  const repeat = (call: () => unknown) => (times: number) =>
    inRequest(async () => {
      for (let i = 0; i < times; i++) await call();
    });
  const caseOf = ({ name, bare, hand, wrapped }: Idle): Case => ({
    name,
    times: 2000,
    ways: [
      { name: 'bare', run: repeat(bare) },
      { name: 'by hand', run: repeat(hand) },
      { name: 'wrapped', run: repeat(wrapped) },
    ],
  });
  return [redis, neo4jQuery, neo4jCommit, kafkaSend, kafkaHandler, grpcCall].map((idle) => caseOf(idle(tracer)));
}

interface Idle {
  readonly name: string;
  readonly bare: () => unknown;
  readonly hand: () => unknown;
  readonly wrapped: () => unknown;
}

type Tracer = BenchTracing['tracer'];

function redis(tracer: Tracer): Idle {
  const { Command: RealCommand } = require('ioredis') as typeof import('ioredis');
  class Client {
    readonly options = { host: '127.0.0.1', port: 6379 };
    sendCommand(command: Command): Promise<unknown> {
      command.resolve(REPLY);
      return command.promise;
    }
  }
  class Traced extends Client {}
  Object.defineProperty(Traced.prototype, 'sendCommand', { value: Client.prototype.sendCommand, configurable: true });
  const others = { Cluster: class {}, Pipeline: class {} };
  patch(new RedisInstrumentation(), Object.assign(Traced, others));
  const [client, traced] = [new Client(), new Traced()];
  const get = (by: Client) => by.sendCommand(new RealCommand('get', ['ctx:42'], { replyEncoding: 'utf8' }));
  return {
    name: 'ioredis, a command',
    bare: () => get(client),
    hand: () => byHand(tracer, { name: 'GET', ...CLIENT }, () => get(client)),
    wrapped: () => get(traced),
  };
}

const REPLY = Buffer.from('v');
const QUERY = 'MATCH (g:Gpu {id: $id}) RETURN g.model AS model';

function neo4jClasses() {
  const result = { _streamObserverPromise: Promise.resolve({ _observers: [], _tail: {} }) };
  class Session {
    readonly _database = 'neo4j';
    readonly _connectionHolder = { _connectionProvider: { _address: { _host: '127.0.0.1', _port: 7687 } } };
    run(_: string) {
      return result;
    }
  }
  class Transaction extends Session {
    async commit(): Promise<void> {}
  }
  return { Session, Transaction };
}

function neo4jQuery(tracer: Tracer): Idle {
  const [plain, traced] = [neo4jClasses(), neo4jClasses()];
  patch(new Neo4jInstrumentation(), traced);
  const [session, tracedSession] = [new plain.Session(), new traced.Session()];
  const run = (by = session) => by.run(QUERY)._streamObserverPromise;
  return {
    name: 'neo4j-driver, a query',
    bare: () => run(),
    hand: () => byHand(tracer, { name: 'MATCH Gpu', ...CLIENT }, () => run()),
    wrapped: () => run(tracedSession),
  };
}

function neo4jCommit(tracer: Tracer): Idle {
  const [plain, traced] = [neo4jClasses(), neo4jClasses()];
  patch(new Neo4jInstrumentation(), traced);
  const [transaction, tracedTransaction] = [new plain.Transaction(), new traced.Transaction()];
  return {
    name: 'neo4j-driver, a commit',
    bare: () => transaction.commit(),
    hand: () => byHand(tracer, { name: 'COMMIT', ...CLIENT }, () => transaction.commit()),
    wrapped: () => tracedTransaction.commit(),
  };
}

interface Message {
  readonly key: string;
  readonly value: string;
  readonly headers?: Record<string, string>;
}

type Handler = (payload: { topic: string; partition: number; message: Message }) => Promise<void>;

function kafkaClass() {
  return class Kafka {
    producer() {
      return { send: async (_: { topic: string; messages: Message[] }) => ANSWERS };
    }
    consumer(_: { groupId: string }) {
      return { run: ({ eachMessage }: { eachMessage: Handler }) => eachMessage };
    }
  };
}

const ANSWERS = [{ topicName: 'orders', partition: 0, baseOffset: '41' }];

function kafkaSend(tracer: Tracer): Idle {
  const [Plain, Traced] = [kafkaClass(), kafkaClass()];
  patch(new KafkaInstrumentation(), { Kafka: Traced });
  const [producer, traced] = [new Plain().producer(), new Traced().producer()];
  const send = (headers: Record<string, string>, by = producer) =>
    by.send({ topic: 'orders', messages: [{ key: 'k', value: 'v', headers }] });
  return {
    name: 'kafkajs, a message sent',
    bare: () => send({}),
    hand: () => byHand(tracer, { name: 'send orders', kind: SpanKind.PRODUCER }, () => send(headersByHand({}))),
    wrapped: () => send({}, traced),
  };
}

function kafkaHandler(tracer: Tracer): Idle {
  const [Plain, Traced] = [kafkaClass(), kafkaClass()];
  patch(new KafkaInstrumentation(), { Kafka: Traced });
  const group = { groupId: 'billing' };
  const eachMessage: Handler = async () => undefined;
  const plain = new Plain().consumer(group).run({ eachMessage });
  const traced = new Traced().consumer(group).run({ eachMessage });
  const headers = tracer.startActiveSpan('sender', (span) => {
    const sent = headersByHand({});
    span.end();
    return sent;
  });
  const payload = { topic: 'orders', partition: 0, message: { key: 'k', value: 'v', headers } };
  return {
    name: 'kafkajs, a message handled',
    bare: () => plain(payload),
    hand: () =>
      context.with(propagation.extract(context.active(), headers), () =>
        byHand(tracer, { name: 'process orders', kind: SpanKind.CONSUMER }, () => plain(payload)),
      ),
    wrapped: () => traced(payload),
  };
}

interface Listener {
  onReceiveStatus(status: { code: number; details: string }): void;
}

function grpcCall(tracer: Tracer): Idle {
  const { Metadata } = require('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
  const channel = { getTarget: () => 'dns:127.0.0.1:50051' };
  const calls = () => ({
    getInterceptingCall: (..._: unknown[]) => ({
      start: (_: object, listener: Listener) => listener.onReceiveStatus({ code: 0, details: '' }),
      getPeer: () => '127.0.0.1:50051',
    }),
  });
  const [plain, traced] = [calls(), calls()];
  const definition = patch(new GrpcInstrumentation(), { Server: class {} });
  for (const file of definition.files) file.patch(traced as never);
  const call = (metadata: object, by = plain) =>
    new Promise<void>((resolve) => {
      by.getInterceptingCall({}, { path: '/bench.Bench/Echo' }, {}, channel).start(metadata, {
        onReceiveStatus: () => resolve(),
      });
    });
  return {
    name: '@grpc/grpc-js, a call',
    bare: () => call(new Metadata()),
    hand: () =>
      byHand(tracer, { name: 'bench.Bench/Echo', ...CLIENT }, () => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headersByHand({}))) metadata.set(name, value);
        return call(metadata);
      }),
    wrapped: () => call(new Metadata(), traced),
  };
}
