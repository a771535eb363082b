import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the door does with an export. */
export interface Treatment {
  /** `refuse`: nothing goes through, and the sender is told so. `forget`: it goes through, and the sender is told the opposite. */
  readonly what: 'pass' | 'refuse' | 'forget';
  /** Later ones may overtake it meanwhile. */
  readonly delayMs: number;
}

/** An HTTP proxy on loopback in front of a collector, that treats exports badly. */
export interface UnreliableDoor extends AsyncDisposable {
  readonly address: string;
  /** How often it did what. */
  readonly did: Readonly<Record<Treatment['what'], number>>;
}

/** Opens the door; `treat` is asked for each export, numbered from 0. */
export async function openUnreliableDoor(target: string, treat: (n: number) => Treatment): Promise<UnreliableDoor> {
  const did = { pass: 0, refuse: 0, forget: 0 };
  let exports = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { what, delayMs } = treat(exports++);
    const body = Buffer.concat(await request.toArray());
    await delay(delayMs);
    did[what] += 1;
    if (what === 'refuse') return void response.writeHead(503).end();
    const answered = await forward(`${target}${request.url ?? ''}`, request.headers, body);
    if (what === 'forget') return void response.writeHead(503).end();
    response.writeHead(answered.status, answered.headers).end(answered.body);
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    did,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const PASSED_ON = ['content-type', 'content-encoding'] as const;

async function forward(url: string, from: IncomingMessage['headers'], body: Buffer<ArrayBuffer>) {
  const headers = Object.fromEntries(PASSED_ON.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
  const response = await fetch(url, { method: 'POST', headers, body });
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    headers: {
      'content-type': response.headers.get('content-type') ?? '',
      ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
    },
    body: Buffer.from(await response.arrayBuffer()),
  };
}
