import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A listener on loopback between clients and a server, whose connections can be broken on purpose. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections go through it at this moment. */
  readonly connections: number;
  /** How many have gone through it so far. */
  readonly accepted: number;
  /** How much of the server's answers it has passed on. */
  readonly answeredBytes: number;
  /** Resets every connection. Later ones go through. */
  cut(): void;
  /** Lets so many more bytes of the server's answers through, then closes every connection, once. */
  cutAfter(answeredBytes: number): void;
  /** Forwards nothing more, either way; the connections stay open. Later ones are accepted, and held too. */
  hold(): void;
  /** Forwards again, first what was held. */
  release(): void;
}

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** Starts a proxy to the server at this address. Disposing ends it and every connection. */
export async function startTcpProxy(target: TcpAddress): Promise<TcpProxy> {
  const clients = new Set<Socket>();
  const held: (() => void)[] = [];
  let isHolding = false;
  let answerBudget = Number.POSITIVE_INFINITY;
  let answeredBytes = 0;
  let accepted = 0;

  const cut = () => {
    for (const client of clients) client.resetAndDestroy();
  };
  /** One direction of one connection. */
  const gate = (forward: (chunk: Buffer) => Buffer) =>
    new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        const pass = () => done(null, forward(chunk));
        if (isHolding) held.push(pass);
        else pass();
      },
    });
  const meter = (chunk: Buffer): Buffer => {
    const allowed = chunk.subarray(0, answerBudget);
    answerBudget -= chunk.length;
    answeredBytes += allowed.length;
    if (answerBudget <= 0) {
      answerBudget = Number.POSITIVE_INFINITY;
      // Without a reset, which could overtake the allowed bytes.
      setImmediate(() => {
        for (const client of clients) client.destroySoon();
      });
    }
    return allowed;
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    clients.add(client);
    accepted += 1;
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    client.on('error', () => undefined).once('close', () => upstream.destroy() && clients.delete(client));
    upstream.on('error', () => undefined).once('close', () => client.destroy());
    client.pipe(gate((chunk) => chunk)).pipe(upstream);
    upstream.pipe(gate(meter)).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return clients.size;
    },
    get accepted() {
      return accepted;
    },
    get answeredBytes() {
      return answeredBytes;
    },
    cut,
    cutAfter: (answeredBytes) => {
      answerBudget = answeredBytes;
    },
    hold: () => {
      isHolding = true;
    },
    release: () => {
      isHolding = false;
      for (const pass of held.splice(0)) pass();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
