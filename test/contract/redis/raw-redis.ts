import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const LONGEST_END = 200;

/** A connection that says exactly the bytes it is told, and shows exactly those it gets; one character a byte. */
export class RawRedis {
  readonly socket: Socket;
  #received = '';
  /** The end of it, to search in without going through all of it again. */
  #recent = '';
  #markers = 0;
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      this.#received += text;
      this.#recent = this.#recent.slice(-LONGEST_END) + text;
    });
    // Whoever waits for an answer sees it in `closed`.
    socket.on('error', () => undefined);
  }

  write(bytes: string): void {
    this.socket.write(Buffer.from(bytes, 'latin1'));
  }

  /** The bytes of the replies to these commands, sent together. Not for a connection that is subscribed in RESP2. */
  async ask(...commands: readonly (readonly string[])[]): Promise<string> {
    const marker = `marker ${++this.#markers}`;
    this.write(commands.map(encodeCommand).join('') + encodeCommand(['ECHO', marker]));
    return this.takeUpTo(`$${marker.length}\r\n${marker}\r\n`);
  }

  /** What comes before `end`, as soon as it has come; everything when the server hangs up. `end` is taken too. */
  async takeUpTo(end: string): Promise<string> {
    this.#recent = this.#received;
    while (!this.#recent.includes(end) && !this.socket.closed) {
      await Promise.race([once(this.socket, 'data').catch(() => undefined), this.closed]);
    }
    const [before = '', ...after] = this.#received.split(end);
    this.#received = after.join(end);
    return before;
  }

  /** Everything until the server hangs up. */
  async takeAll(): Promise<string> {
    await this.closed;
    return this.#received;
  }

  disconnect(): void {
    this.socket.destroy();
  }
}

export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Connects, enters with the credentials of the URL if it has any, and asks for the protocol. */
export async function connectRaw(url: string, protocol: 2 | 3): Promise<RawRedis> {
  const { protocol: scheme, hostname, port, username, password } = new URL(url);
  const address = { host: hostname, port: Number(port || 6379) };
  const socket = scheme === 'rediss:' ? connectTls({ ...address, servername: hostname }) : connect(address);
  socket.setNoDelay(true);
  const raw = new RawRedis(socket);
  await once(socket, scheme === 'rediss:' ? 'secureConnect' : 'connect');
  const credentials =
    password === '' ? [] : ['AUTH', decodeURIComponent(username || 'default'), decodeURIComponent(password)];
  if (protocol === 3 || credentials.length > 0) await raw.ask(['HELLO', String(protocol), ...credentials]);
  return raw;
}
