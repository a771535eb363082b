import { createServer, type Server, type Socket } from 'node:net';
import { TracecourtError } from '../../errors.js';
import { type Clock, nanosToMs, systemClock } from '../../lib/clock.js';
import type { EmbeddedServer, EmbeddedServerOptions } from '../embedded-server.js';
import { answerFrame } from './answer-frame.js';
import { BrokerState } from './broker-state.js';
import { serveConnection } from './connection.js';

const HOST = '127.0.0.1';
const MAX_CONNECTIONS = 512;
const LONGEST_TIMER_MS = 60_000;

/**
 * Starts a Kafka-protocol broker of one node on loopback, in memory. Its cluster id says that it is ours.
 *
 * Topics are created only by asking for them; transactions are kept as a real broker keeps them; compressed batches stay as they came.
 * Throws TracecourtError `port-in-use` when the port is taken.
 */
export async function startEmbeddedKafka(
  options: EmbeddedServerOptions & { readonly clock?: Clock } = {},
): Promise<EmbeddedServer> {
  const clock = options.clock ?? systemClock;
  const sockets = new Set<Socket>();
  const server = createServer();
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options.port ?? 0);
  const state = new BrokerState({ host: HOST, port });
  const alarm = new Alarm(state, () => nanosToMs(clock.now()));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, state, alarm);
  });
  return {
    url: `${HOST}:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      alarm.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Socket, state: BrokerState, alarm: Alarm): void {
  const caller = {
    clientHost: `/${socket.remoteAddress ?? HOST}`,
    nowMs: () => alarm.nowMs(),
    isAbandoned: () => socket.destroyed,
  };
  serveConnection(socket, (frame) => {
    const answer = answerFrame(state, frame, caller);
    // The request may have moved a deadline forward, whether or not it is answered by now.
    alarm.set();
    return answer;
  });
}

/** One timer for all deadlines of the broker. */
class Alarm {
  readonly nowMs: () => number;
  readonly #state: BrokerState;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(state: BrokerState, nowMs: () => number) {
    this.#state = state;
    this.nowMs = nowMs;
  }

  set(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#state.nextDeadlineMs - this.nowMs();
    if (this.#stopped || waitMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(1, Math.ceil(waitMs)), LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #ring(): void {
    this.#state.tick(this.nowMs());
    this.set();
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? portInUse(port, cause) : cause);
    });
    server.listen(port, HOST, () => {
      server.removeAllListeners('error');
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function portInUse(port: number, cause: unknown): TracecourtError {
  return new TracecourtError(
    'port-in-use',
    `The embedded Kafka broker cannot listen on ${HOST}:${port}: the port is taken.`,
    {
      nextStep: 'Choose another port, or 0 for any free one.',
      cause,
    },
  );
}
