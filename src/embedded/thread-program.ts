import { type MessagePort, parentPort } from 'node:worker_threads';
import { TracecourtError } from '../errors.js';
import type { StoreName } from '../model/index.js';
import type { EmbeddedServer, EmbeddedServerOptions } from './embedded-server.js';
import { packError, type StoreAnswer, type StoreOrder } from './thread-messages.js';

/** The program of the stores' thread: starts and stops servers as it is told. A store that nobody asks for is not even loaded. */
const START: Readonly<Record<StoreName, (options: EmbeddedServerOptions) => Promise<EmbeddedServer>>> = {
  neo4j: async (options) => (await import('./bolt/index.js')).startEmbeddedNeo4j(options),
  redis: async (options) => (await import('./redis/index.js')).startEmbeddedRedis(options),
  kafka: async (options) => (await import('./kafka/index.js')).startEmbeddedKafka(options),
};
const servers = new Map<number, EmbeddedServer>();

listenTo(parentPort);

function listenTo(port: MessagePort | null): void {
  if (port === null) throw new TracecourtError('defect', 'The program of the stores needs a thread of its own.');
  port.on('message', async (order: StoreOrder) => port.postMessage(await answerTo(order)));
}

async function answerTo(order: StoreOrder): Promise<StoreAnswer> {
  try {
    return order.kind === 'start' ? await start(order) : await stop(order);
  } catch (thrown) {
    return { kind: 'failed', id: order.id, error: packError(thrown) };
  }
}

async function start({ id, store, port }: StoreOrder & { readonly kind: 'start' }): Promise<StoreAnswer> {
  const server = await START[store]({ port });
  servers.set(id, server);
  return { kind: 'started', id, url: server.url, port: server.port };
}

async function stop({ id }: StoreOrder): Promise<StoreAnswer> {
  await servers.get(id)?.[Symbol.asyncDispose]();
  servers.delete(id);
  return { kind: 'stopped', id };
}
