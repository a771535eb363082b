import { createServer, type Server, type Socket } from 'node:net';
import { TracecourtError } from '../../errors.js';
import type { EmbeddedServer, EmbeddedServerOptions } from '../embedded-server.js';
import { serveConnection } from './bolt-connection.js';
import { Bookmarks } from './bookmarks.js';
import { type GraphEngine, openGraphEngine } from './graph-engine.js';
import { GraphSchema } from './graph-schema.js';
import { KnownStatements } from './known-statements.js';
import { StoredKinds } from './stored-kinds.js';
import { WriteLock } from './write-lock.js';

export interface EmbeddedNeo4jOptions extends EmbeddedServerOptions {
  /** When given, a logon with any other password is refused; the user's name does not matter. Default: anybody may come in. */
  readonly password?: string;
  /** How long a write waits for another transaction. Default 10,000. */
  readonly lockTimeoutMs?: number;
}

const HOST = '127.0.0.1';
/** Each may hold one message of the greatest size: a bound on what clients can make us keep. */
const MAX_CONNECTIONS = 500;

/**
 * A Bolt 5 server on loopback over an empty graph in memory, for unmodified Neo4j drivers.
 *
 * What it cannot do as Neo4j does it refuses with an error of Neo4j's kinds. Throws TracecourtError `package-missing` without
 * a working @grafeo-db/js, `port-in-use` when the port is taken.
 */
export async function startEmbeddedNeo4j(options: EmbeddedNeo4jOptions = {}): Promise<EmbeddedServer> {
  const engine = await openGraphEngine();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    const port = await listen(server, options.port ?? 0);
    acceptConnections(server, { engine, sockets, port, options });
    return { url: `bolt://${HOST}:${port}`, port, [Symbol.asyncDispose]: () => close(server, sockets, engine) };
  } catch (error) {
    engine.close();
    throw error;
  }
}

interface Served {
  readonly engine: GraphEngine;
  readonly sockets: Set<Socket>;
  readonly port: number;
  readonly options: EmbeddedNeo4jOptions;
}

function acceptConnections(server: Server, { engine, sockets, port, options }: Served): void {
  const graph = {
    engine,
    statements: new KnownStatements(),
    schema: new GraphSchema(engine),
    kinds: new StoredKinds(),
    lock: new WriteLock(),
    lockTimeoutMs: options.lockTimeoutMs ?? 10_000,
  };
  const bookmarks = new Bookmarks();
  let connections = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(socket, {
      graph,
      bookmarks,
      connectionId: `bolt-${++connections}`,
      address: `${HOST}:${port}`,
      password: options.password,
    });
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)));
    server.listen({ host: HOST, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function cannotListen(cause: NodeJS.ErrnoException, port: number): Error {
  if (cause.code !== 'EADDRINUSE') return cause;
  const message = `The embedded Neo4j cannot listen on ${HOST}:${port}: the port is in use.`;
  return new TracecourtError('port-in-use', message, {
    nextStep: 'Choose another port, or 0 for any free one.',
    cause,
  });
}

async function close(server: Server, sockets: Set<Socket>, engine: GraphEngine): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  engine.close();
}
