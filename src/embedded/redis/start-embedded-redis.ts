import { createServer, type Server, type Socket } from 'node:net';
import { TracecourtError } from '../../errors.js';
import { type Clock, systemClock } from '../../lib/clock.js';
import type { EmbeddedServer, EmbeddedServerOptions } from '../embedded-server.js';
import { Connection } from './connection.js';
import { ServerState } from './server-state.js';

const HOST = '127.0.0.1';
const SWEEP_EVERY_MS = 100;
const MAX_CONNECTIONS = 1000;
const NANOS_PER_MS = 1_000_000n;

export interface EmbeddedRedisOptions extends EmbeddedServerOptions {
  /** Where the time of expiries comes from; default the system's. */
  readonly clock?: Clock;
  /** What clients must know to enter, as with `requirepass`; default none. */
  readonly password?: string;
}

/**
 * Starts a small server that speaks RESP2 and RESP3 on loopback and keeps everything in memory.
 *
 * Commands that it lacks MUST be refused with an error, never answered wrongly. Throws TracecourtError `port-in-use`.
 * Disposing ends all connections, also busy ones.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions = {}): Promise<EmbeddedServer> {
  const clock = options.clock ?? systemClock;
  const nowMs = () => clock.now() / NANOS_PER_MS;
  const state = new ServerState(nowMs(), options.password);
  const connections = new Set<Connection>();
  const server = createServer({ noDelay: true }, (socket) => accept(socket, { state, connections, nowMs }));
  state.port = await listen(server, options.port ?? 0);
  const sweeper = setInterval(() => sweep(state, connections, nowMs()), SWEEP_EVERY_MS);
  sweeper.unref();
  return {
    url: `redis://${HOST}:${state.port}`,
    port: state.port,
    [Symbol.asyncDispose]: async () => {
      clearInterval(sweeper);
      await close(server, connections);
      for (const keys of state.databases) keys.clear();
    },
  };
}

interface Acceptance {
  readonly state: ServerState;
  readonly connections: Set<Connection>;
  readonly nowMs: () => bigint;
}

function accept(socket: Socket, { state, connections, nowMs }: Acceptance): void {
  if (connections.size >= MAX_CONNECTIONS) {
    socket.on('error', () => socket.destroy());
    socket.end('-ERR max number of clients reached\r\n');
    return;
  }
  const connection = new Connection(socket, { state, nowMs });
  connections.add(connection);
  socket.once('close', () => connections.delete(connection));
}

function sweep(state: ServerState, connections: ReadonlySet<Connection>, nowMs: bigint): void {
  state.nowMs = nowMs;
  for (const keys of state.databases) keys.sweep();
  state.waitingRoom.endDue(nowMs);
  for (const connection of connections) connection.endIfStalled();
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(cause, port)));
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TracecourtError('defect', `The embedded Redis listens, but on no port: ${String(address)}.`);
  }
  return address.port;
}

function listenError(cause: Error, port: number): Error {
  if (!('code' in cause) || cause.code !== 'EADDRINUSE') return cause;
  return new TracecourtError('port-in-use', `The embedded Redis cannot listen on ${HOST}:${port}: the port is taken.`, {
    nextStep: 'Stop what listens there, or ask for port 0 to get any free port.',
    cause,
  });
}

async function close(server: Server, connections: ReadonlySet<Connection>): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const connection of connections) connection.destroy();
  await closed;
}
