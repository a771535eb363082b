import { connect, type Socket } from 'node:net';

const API_VERSIONS = 18;
const CORRELATION_ID = 0x7472;
const SHORTEST_ANSWER_BYTES = 6;
const LONGEST_ANSWER_BYTES = 1_000_000;

export type Handshake = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Asks each address, on a connection of its own, the one question that every Kafka answers in every version. Tells a port
 * where nobody listens from one that is silent and from one that speaks something else. Good when one address is; never
 * rejects; ends within `timeoutMs`.
 */
export async function shakeHands(addresses: readonly string[], timeoutMs: number): Promise<Handshake> {
  const attempts = addresses.map((address) => shakeHandsWith(address, timeoutMs));
  const asRejection = attempts.map(async (attempt) => {
    const outcome = await attempt;
    if (!outcome.ok) throw new Error(outcome.reason);
    return outcome;
  });
  return Promise.any(asRejection).catch(async () => {
    const outcomes = await Promise.all(attempts);
    return { ok: false, reason: outcomes.map((outcome) => (outcome.ok ? '' : outcome.reason)).join('; ') };
  });
}

function shakeHandsWith(address: string, timeoutMs: number): Promise<Handshake> {
  const place = placeOf(address);
  if (!place) return Promise.resolve({ ok: false, reason: `"${address}" is no address of the form host:port` });
  return new Promise((resolve) => {
    let isConnected = false;
    let received = Buffer.alloc(0);
    const socket = connect(place);
    const timer = setTimeout(() => {
      const seen = isConnected ? 'accepts connections but answers nothing' : 'does not accept a connection';
      finish({ ok: false, reason: `${address} ${seen} within ${timeoutMs} ms` });
    }, timeoutMs);
    const finish = (outcome: Handshake): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', () => {
      isConnected = true;
      socket.write(question());
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const isKafka = judge(received);
      if (isKafka !== undefined) finish(isKafka ? { ok: true } : notKafka(address));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(connectionFailed(address, error)));
    socket.on('close', () => finish(closed(address)));
    endQuietly(socket);
  });
}

function endQuietly(socket: Socket): void {
  socket.on('end', () => socket.destroy());
}

function placeOf(address: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/.exec(address);
  return match ? { host: match[1] ?? '', port: Number(match[2]) } : undefined;
}

function question(): Buffer {
  const frame = Buffer.alloc(14);
  frame.writeInt32BE(10, 0);
  frame.writeInt16BE(API_VERSIONS, 4);
  frame.writeInt32BE(CORRELATION_ID, 8);
  frame.writeInt16BE(-1, 12);
  return frame;
}

/** Undefined while there are too few bytes to tell. */
function judge(received: Buffer): boolean | undefined {
  if (received.length < 8) return undefined;
  const length = received.readInt32BE(0);
  const isPlausible = length >= SHORTEST_ANSWER_BYTES && length <= LONGEST_ANSWER_BYTES;
  return isPlausible && received.readInt32BE(4) === CORRELATION_ID;
}

function notKafka(address: string): Handshake {
  return { ok: false, reason: `${address} answers, but not in the Kafka protocol` };
}

function closed(address: string): Handshake {
  return { ok: false, reason: `${address} closed the connection without a Kafka answer` };
}

function connectionFailed(address: string, error: NodeJS.ErrnoException): Handshake {
  if (error.code === 'ECONNREFUSED')
    return { ok: false, reason: `${address} refuses connections: nobody listens there` };
  if (error.code === 'ENOTFOUND') return { ok: false, reason: `${address} has an unknown host name` };
  return { ok: false, reason: `${address} failed: ${error.message}` };
}
