import { expect } from 'chai';
import type { Span } from '../../src/model/index.js';
import type { ChildProgram } from '../helpers/child-program.js';
import {
  type Outcome,
  plain,
  runCases,
  startTracedPrograms,
  type TracedPrograms,
  told,
} from '../helpers/traced-cases.js';
import { freePorts } from '../services/ports.js';

const SERVER = `
import { createServer } from 'node:http';
import { wrapStep } from '@tracecourt/instrumentation';
const work = wrapStep('work', async () => undefined);
const big = Buffer.alloc(4_000_000, 'x');
const server = createServer(async (request, response) => {
  await work();
  const { pathname } = new URL(request.url, 'http://here');
  if (pathname === '/fails') return response.writeHead(500).end('no');
  if (pathname === '/breaks') return request.socket.destroy();
  if (pathname === '/never') return request.on('close', () => undefined);
  if (pathname === '/halfway') { response.write('a'); return setTimeout(() => request.socket.destroy(), 50); }
  if (pathname === '/big') return response.end(big);
  let size = 0;
  for await (const chunk of request) size += chunk.length;
  response.end(JSON.stringify({ size, own: request.headers['own'] ?? null, traces: [request.headers['traceparent']].flat().length }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
`;

const CLIENT = `
import http, { get, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core';
import { currentRequestId } from '@tracecourt/instrumentation';
import { request as undiciRequest, Agent } from 'undici';
const base = 'http://127.0.0.1:' + process.env.SERVER_PORT;
const read = async (response) => { let text = ''; for await (const chunk of response) text += chunk; return text; };
const getting = (path, options = {}) => new Promise((resolve, reject) => get(base + path, options, (response) => resolve(read(response))).on('error', reject));
const code = (promise) => promise.then(() => 'no failure', (error) => error.cause?.code ?? (typeof error.code === 'string' ? error.code : error.name));
`;

interface Row {
  readonly body: string;
  readonly asked: readonly string[];
  /** Without the step that the server does for each. */
  readonly served: readonly string[];
  readonly outcome: unknown;
}

const REPLY = { size: 0, own: null, traces: 1 };

const ROWS: Readonly<Record<string, Row>> = {
  'http.get': { body: `return JSON.parse(await getting('/'));`, asked: ['GET'], served: ['GET'], outcome: REPLY },
  'http.request with headers of the caller': {
    body: `const headers = Object.freeze({ own: 'mine' }); return JSON.parse(await getting('/', { headers }));`,
    asked: ['GET'],
    served: ['GET'],
    outcome: { ...REPLY, own: 'mine' },
  },
  'http.request with a body': {
    body: `
      const call = httpRequest(base, { method: 'POST' });
      call.write('abc');
      call.end('def');
      const [response] = await once(call, 'response');
      return JSON.parse(await read(response));`,
    asked: ['POST'],
    served: ['POST'],
    outcome: { ...REPLY, size: 6 },
  },
  'the context of a response': {
    body: `return new Promise((resolve) => get(base, (response) => response.resume().on('end', () => resolve(currentRequestId()))));`,
    asked: ['GET'],
    served: ['GET'],
    outcome: 'the context of a response',
  },
  'http on a connection that is kept': {
    body: `
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const replies = await Promise.all([getting('/', { agent }), getting('/', { agent })]);
      agent.destroy();
      return replies.length;`,
    asked: ['GET', 'GET'],
    served: ['GET', 'GET'],
    outcome: 2,
  },
  'http that is to leave no trace': {
    body: `
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const isDark = () => new Promise((resolve) => get(base, { agent }, (response) => response.resume().on('end', () => resolve(isTracingSuppressed(context.active())))));
      const dark = await context.with(suppressTracing(context.active()), () => Promise.all([isDark(), isDark()]));
      agent.destroy();
      return dark;`,
    asked: [],
    served: [],
    outcome: [true, true],
  },
  'http that fails': {
    body: `return getting('/fails');`,
    asked: ['GET: 500'],
    served: ['GET: 500'],
    outcome: 'no',
  },
  'http whose connection breaks': {
    body: `return code(getting('/breaks'));`,
    asked: ['GET: Error'],
    served: ['GET'],
    outcome: 'ECONNRESET',
  },
  'http that breaks in the middle of its answer': {
    body: `return code(getting('/halfway'));`,
    asked: ['GET: ECONNRESET'],
    served: ['GET'],
    outcome: 'ECONNRESET',
  },
  'http that is given up': {
    body: `
      const call = get(base + '/never');
      setTimeout(() => call.destroy(), 200);
      return code(once(call, 'response'));`,
    asked: ['GET: Error'],
    served: ['GET'],
    outcome: 'ECONNRESET',
  },
  'http to nobody': {
    body: `return code(new Promise((resolve, reject) => get('http://127.0.0.1:' + process.env.FREE_PORT).on('error', reject)));`,
    asked: ['GET: Error'],
    served: [],
    outcome: 'ECONNREFUSED',
  },
  fetch: { body: `return (await fetch(base)).json();`, asked: ['GET'], served: ['GET'], outcome: REPLY },
  'fetch with a body and headers of the caller': {
    body: `
      const headers = new Headers({ own: 'mine' });
      const reply = await (await fetch(base, { method: 'POST', body: 'abc', headers })).json();
      return [reply, [...headers.keys()]];`,
    asked: ['POST'],
    served: ['POST'],
    outcome: [{ size: 3, own: 'mine', traces: 1 }, ['own']],
  },
  'fetch that fails': {
    body: `return (await fetch(base + '/fails')).text();`,
    asked: ['GET: 500'],
    served: ['GET: 500'],
    outcome: 'no',
  },
  'fetch whose connection breaks': {
    body: `return code(fetch(base + '/breaks'));`,
    asked: ['GET: UND_ERR_SOCKET'],
    served: ['GET'],
    outcome: 'UND_ERR_SOCKET',
  },
  'fetch that breaks in the middle of its answer': {
    body: `return code(fetch(base + '/halfway').then((response) => response.text()));`,
    asked: ['GET: UND_ERR_SOCKET'],
    served: ['GET'],
    outcome: 'UND_ERR_SOCKET',
  },
  'fetch that is given up': {
    body: `return code(fetch(base + '/never', { signal: AbortSignal.timeout(2_000) }));`,
    asked: ['GET: 23'],
    served: ['GET'],
    outcome: 'TimeoutError',
  },
  'fetch whose answer is left': {
    body: `const response = await fetch(base + '/big'); await response.body.cancel(); return response.status;`,
    asked: ['GET'],
    served: ['GET'],
    outcome: 200,
  },
  'fetch from nobody': {
    body: `return code(fetch('http://127.0.0.1:' + process.env.FREE_PORT));`,
    asked: ['GET: ECONNREFUSED'],
    served: [],
    outcome: 'ECONNREFUSED',
  },
  'undici.request': {
    body: `const { body } = await undiciRequest(base, { dispatcher: new Agent({ pipelining: 1 }) }); return body.json();`,
    asked: ['GET'],
    served: ['GET'],
    outcome: REPLY,
  },
};

describe('http and fetch under tracing, from one process to another', () => {
  let programs: TracedPrograms;
  let server: ChildProgram;
  let port: string;
  let outcomes: Readonly<Record<string, Outcome>>;

  before(async () => {
    programs = await startTracedPrograms();
    server = await programs.start({ service: 'server', source: SERVER });
    port = await server.line();
    const [freePort] = await freePorts(1);
    const cases = {
      setup: CLIENT,
      cases: Object.fromEntries(Object.entries(ROWS).map(([id, { body }]) => [id, body])),
    };
    outcomes = await runCases(programs, {
      service: 'client',
      cases,
      environment: { SERVER_PORT: port, FREE_PORT: String(freePort) },
    });
  });
  after(async () => {
    server?.process.stdin.end();
    await programs?.[Symbol.asyncDispose]();
  });

  for (const [id, row] of Object.entries(ROWS)) {
    it(`tells of ${id}, and ends every span with its work`, async () => {
      const request = await programs.request(id);
      expect(told(request, 'client')).to.deep.equal(row.asked);
      expect(told(request, 'server').filter((text) => text !== 'work')).to.deep.equal(row.served);
      expect(request.completedBy).to.equal('accounted');
      expect(outcomes[id]).to.deep.equal({ returned: row.outcome });
    });
  }

  it('says what was asked, where, and how it came out', async () => {
    for (const id of ['http.get', 'fetch']) {
      const { spans } = await programs.request(id);
      const [asked, served] = ['client', 'server'].map((kind) => spans.find((span) => span.kind === kind)) as [
        Span,
        Span,
      ];
      const both = { 'http.request.method': 'GET', 'http.response.status_code': 200, 'server.port': Number(port) };
      expect(plain(asked.attributes)).to.include({ ...both, 'server.address': '127.0.0.1', 'tracecourt.sent': 1 });
      expect(plain(served.attributes)).to.include({ ...both, 'url.path': '/' });
      expect(served.traceState).to.equal(`tracecourt=${asked.spanId}.1`);
    }
  });
});
