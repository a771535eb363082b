import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TracecourtError } from '../../src/errors.js';
import { Refusal, sendRefusal } from './status-reply.js';

export interface ListenerOptions {
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Answers one request; what it throws is answered with 500, or as the Refusal says. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly timeouts?: ListenerTimeouts;
}

export interface ListenerTimeouts {
  /** For all headers. Default 10,000. */
  readonly headersMs?: number;
  /** For the whole request. Default 60,000. */
  readonly requestMs?: number;
  /** For a socket on which nothing happens. Default 65,000. */
  readonly idleMs?: number;
}

/** An HTTP server that listens. Disposing lets requests under way finish, for a while, and closes every socket. */
export interface Listener extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const MAX_SOCKETS = 1_000;
const FINISH_MS = 2_000;
/** How often sockets are held against the timeouts for headers and request. */
const CHECK_TIMEOUTS_MS = 1_000;

/**
 * Listens on loopback. No request can end the process: whatever goes wrong with one is answered, or its socket closed.
 *
 * Throws TracecourtError `port-in-use`, or `usage` for an address that is not loopback: there is no token to guard it.
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) throw notLoopback(host);
  const server = createServer({ connectionsCheckingInterval: CHECK_TIMEOUTS_MS }, (request, response) => {
    void answer(options.handle, request, response);
  });
  limit(server, options.timeouts ?? {});
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseGarbage(error, socket));
  await listen(server, host, options.port ?? 0);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function answer(
  handle: ListenerOptions['handle'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Without a listener, a socket that breaks in the middle of an answer would end the process.
  request.on('error', ignore);
  response.on('error', ignore);
  try {
    if (!isOurHost(request.headers.host)) throw new Refusal(403, 'The Host header names another host than this one.');
    await handle(request, response);
  } catch (error) {
    sendRefusal(response, 'application/json', refusalOf(error));
  }
}

export function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(500, 'The collector failed to handle this request.');
}

/** A page of another site that resolves its own name to loopback (DNS rebinding) sends that name as Host. */
export function isOurHost(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}

function limit(server: Server, timeouts: ListenerTimeouts): void {
  server.headersTimeout = timeouts.headersMs ?? 10_000;
  server.requestTimeout = timeouts.requestMs ?? 60_000;
  server.setTimeout(timeouts.idleMs ?? 65_000);
  server.keepAliveTimeout = timeouts.idleMs ?? 65_000;
  server.maxConnections = MAX_SOCKETS;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      server.on('error', ignore);
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (error.code !== 'EADDRINUSE') return error;
  return new TracecourtError('port-in-use', `Another process listens on ${host}:${port} already.`, {
    nextStep: `Stop it, or choose another address with --http (--http ${host}:0 takes any free port).`,
    cause: error,
  });
}

function notLoopback(host: string): TracecourtError {
  return new TracecourtError('usage', `The collector listens on loopback only, and ${host} is no loopback address.`, {
    nextStep: 'Use --http 127.0.0.1:PORT; whoever can reach the port can read and write traces.',
  });
}

/** What came in was no HTTP, so there is no response object to answer with. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ code: status === 408 ? 4 : 3, message: `${STATUS_CODES[status]}.` });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), FINISH_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function ignore(): void {}
