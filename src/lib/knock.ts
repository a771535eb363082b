import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where to knock, and how. */
export interface Knocking {
  readonly host: string;
  readonly port: number;
  /** What to say once the connection is made; undefined: to be let in is answer enough. */
  readonly say: Uint8Array | undefined;
  readonly tls: boolean;
  /** Whether these bytes are enough of an answer; otherwise more are waited for. */
  readonly isEnough: (received: Buffer) => boolean;
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
}

/** What a connection of our own to a port came to. */
export type Knock =
  /** `distrust`: why the certificate proves nothing, as a code; undefined without TLS or when it is trusted. */
  | { readonly kind: 'answered'; readonly bytes: Buffer; readonly distrust: string | undefined }
  | { readonly kind: 'refused' | 'unknown-host' | 'no-route' | 'failed'; readonly code: string }
  /** The time was up before there was a connection. */
  | { readonly kind: 'unaccepted' }
  /** No answer until the time was up, or until the other side closed. `secured`: both had agreed upon TLS. */
  | { readonly kind: 'silent' | 'hung-up'; readonly secured: boolean }
  /** What came was no TLS. */
  | { readonly kind: 'not-tls' };

/**
 * Connects, says something, and tells what happens: no client library stands between. Never rejects; leaves no connection
 * behind. An answer that is cut short is an answer.
 */
export function knock(knocking: Knocking): Promise<Knock> {
  const { signal, say, isEnough } = knocking;
  if (signal.aborted) return Promise.resolve({ kind: 'unaccepted' });
  return new Promise((resolve) => {
    const { socket, speaks, distrust } = open(knocking);
    let isConnected = false;
    let secured = false;
    let received = Buffer.alloc(0);
    const finish = (outcome: Knock): void => {
      signal.removeEventListener('abort', onTimeUp);
      socket.destroy();
      resolve(outcome);
    };
    const answerOr = (outcome: Knock): Knock =>
      received.length > 0 ? { kind: 'answered', bytes: received, distrust: distrust() } : outcome;
    const onTimeUp = () => finish(answerOr(isConnected ? { kind: 'silent', secured } : { kind: 'unaccepted' }));
    const onClosed = () => finish(answerOr({ kind: 'hung-up', secured }));
    signal.addEventListener('abort', onTimeUp, { once: true });
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once(speaks, () => {
      secured = speaks === 'secureConnect';
      if (say === undefined) finish({ kind: 'answered', bytes: received, distrust: distrust() });
      else socket.write(say);
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (isEnough(received)) onClosed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(answerOr(fromError(error, { isConnected, secured }))));
    socket.on('end', onClosed);
    socket.on('close', onClosed);
  });
}

interface Opened {
  readonly socket: Socket;
  /** The event after which something may be said. */
  readonly speaks: 'connect' | 'secureConnect';
  readonly distrust: () => string | undefined;
}

function open({ host, port, tls }: Knocking): Opened {
  if (!tls) return { socket: connect({ host, port }), speaks: 'connect', distrust: () => undefined };
  // Whom we talk to is what we want to find out; nothing is told to them.
  const socket = connectTls({ host, port, rejectUnauthorized: false, ...(isIP(host) ? {} : { servername: host }) });
  // The types call it an Error; it is the code of one.
  const distrust = () => (socket.authorized ? undefined : String(socket.authorizationError));
  return { socket, speaks: 'secureConnect', distrust };
}

const NO_ROUTE: ReadonlySet<string> = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL']);
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function fromError(
  { code = '', message }: NodeJS.ErrnoException,
  { isConnected, secured }: { readonly isConnected: boolean; readonly secured: boolean },
): Knock {
  if (code === 'ECONNREFUSED') return { kind: 'refused', code };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'unknown-host', code };
  if (NO_ROUTE.has(code)) return { kind: 'no-route', code };
  if (code === 'ETIMEDOUT' && !isConnected) return { kind: 'unaccepted' };
  if (CUT.has(code)) return { kind: 'hung-up', secured };
  if (NOT_TLS.test(code)) return { kind: 'not-tls' };
  return { kind: 'failed', code: code === '' ? message : code };
}

/** What OpenSSL says of bytes that are no TLS record. */
const NOT_TLS =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|HTTP_REQUEST|UNEXPECTED_MESSAGE|UNSUPPORTED_PROTOCOL|^EPROTO$/;
