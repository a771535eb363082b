import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { TEST_CERTIFICATE } from './test-certificate.js';

/** Servers on loopback that are not what a client expects. Each method gives `127.0.0.1:PORT`; disposing ends all of them. */
export class MisbehavingServers implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Accepts, and never says a word. */
  silent(): Promise<string> {
    return this.#listen(createServer());
  }

  /** Closes each connection at once. */
  hangingUp(): Promise<string> {
    return this.#listen(createServer((socket) => socket.destroy()));
  }

  /** Says the same to everything. */
  parrot(text: string): Promise<string> {
    return this.#listen(createServer((socket) => socket.on('data', () => socket.write(text))));
  }

  /** Answers the first words, and ends the connection at the next. */
  hangingUpLater(firstAnswer: (heard: Buffer) => Uint8Array): Promise<string> {
    return this.#listen(
      createServer((socket) => {
        socket.once('data', (heard) => {
          socket.write(firstAnswer(heard));
          socket.once('data', () => socket.destroy());
        });
      }),
    );
  }

  /** Speaks before it is spoken to. */
  banner(text: string): Promise<string> {
    return this.#listen(createServer((socket) => socket.write(text)));
  }

  http(): Promise<string> {
    return this.#listen(createHttpServer((_, reply) => reply.end('hello')));
  }

  https(): Promise<string> {
    return this.#listen(createHttpsServer(TEST_CERTIFICATE, (_, reply) => reply.end('hello')));
  }

  /** Speaks TLS, and says nothing inside. */
  silentTls(): Promise<string> {
    return this.#listen(createTlsServer(TEST_CERTIFICATE));
  }

  /** Puts TLS before a server that has none. */
  tlsBefore(address: string): Promise<string> {
    return this.#listen(createTlsServer(TEST_CERTIFICATE, (socket) => this.#pipe(socket, address)));
  }

  /** Passes on what the server says, after `rewrite`. */
  rewriting(address: string, rewrite: (said: Buffer, ownPort: number) => Buffer): Promise<string> {
    const server = createServer((socket) => {
      const behind = this.#track(connect(place(address)));
      socket.pipe(behind);
      behind.on('data', (said: Buffer) => socket.write(rewrite(said, portOf(server))));
      behind.on('close', () => socket.destroy());
    });
    return this.#listen(server);
  }

  /** A port that had a server a moment ago. */
  async gone(): Promise<string> {
    const server = createServer();
    const address = await this.#listen(server);
    await new Promise((resolve) => server.close(resolve));
    return address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(server: Server): Promise<string> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => this.#track(socket));
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket: Socket) => this.#track(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${portOf(server)}`;
  }

  #pipe(socket: Socket, address: string): void {
    const behind = this.#track(connect(place(address)));
    socket.pipe(behind).pipe(socket);
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function place(address: string): { readonly host: string; readonly port: number } {
  const [host = '', port = ''] = address.split(':');
  return { host, port: Number(port) };
}
