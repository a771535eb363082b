import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createFetchInstrumentation, createHttpInstrumentation } from '@tracecourt/instrumentation';
import { freePorts } from '../../services/ports.js';
import { subject } from './subject.js';

const require = createRequire(import.meta.url);
const http = () => require('node:http') as typeof import('node:http');

interface Web extends AsyncDisposable {
  readonly url: string;
  readonly nobody: string;
}

async function start(): Promise<Web> {
  const server = http().createServer((request, response) => {
    if (request.url === '/breaks') request.socket.destroy();
    else response.writeHead(request.url === '/fails' ? 500 : 200).end(`${request.headers['own'] ?? ''} ok`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [port] = await freePorts(1);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nobody: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function get(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = http().request(url, { headers: Object.freeze({ own: 'mine' }), agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    request.on('error', (error) => reject(withoutPort(error)));
    request.end();
  });
}

/** Ports are others each time. */
function withoutPort(error: Error & { code?: string; cause?: unknown }): Error {
  const code = error.code ?? (error.cause as { code?: string } | undefined)?.code;
  return Object.assign(new Error(error.message.replace(/:\d+/, '')), { name: error.name, code });
}

export const httpSubject = subject<Web>({
  name: 'http',
  isOurs: false,
  instrument() {
    const instrumentation = createHttpInstrumentation();
    http();
    return instrumentation;
  },
  wrapped: () => [
    {
      owner: http(),
      // Address and options are made one; the headers of the hand-off are added to a copy.
      functions: [{ label: 'request', method: 'request', rule: { changes: 'all', spanOutlives: true } }],
    },
    { owner: http().Server.prototype, functions: [{ label: 'emit', method: 'emit', rule: { spanOutlives: true } }] },
  ],
  start,
  calls: {
    'a call': ({ url }) => get(url),
    'a call that fails': ({ url }) => get(`${url}/fails`),
    'a call whose connection breaks': ({ url }) => get(`${url}/breaks`),
    'a call to nobody': ({ nobody }) => get(nobody),
    'no address at all': () => http().request('no address'),
  },
});

export const fetchSubject = subject<Web>({
  name: 'fetch',
  isOurs: false,
  instrument: () => createFetchInstrumentation(),
  // It listens to what undici tells.
  wrapsNothing: true,
  wrapped: () => [],
  start,
  calls: {
    'a call': async ({ url }) => (await fetch(url, { headers: { own: 'mine' } })).text(),
    'a call that fails': async ({ url }) => (await fetch(`${url}/fails`)).status,
    'a call whose connection breaks': ({ url }) =>
      fetch(`${url}/breaks`).catch((error) => Promise.reject(withoutPort(error))),
    'a call to nobody': ({ nobody }) => fetch(nobody).catch((error) => Promise.reject(withoutPort(error))),
    'no address at all': () => fetch('no address'),
  },
});
