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

const SERVICE = `
import grpc from '@grpc/grpc-js';
const toBytes = (value) => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes) => JSON.parse(bytes.toString());
const method = (name, requestStream = false, responseStream = false) => ({
  path: '/demo.Demo/' + name, requestStream, responseStream,
  requestSerialize: toBytes, requestDeserialize: fromBytes, responseSerialize: toBytes, responseDeserialize: fromBytes,
});
const service = {
  echo: method('Echo'), silent: method('Silent'), late: method('Late'), throwing: method('Throwing'), rejecting: method('Rejecting'),
  count: method('Count', false, true), endless: method('Endless', false, true),
  sum: method('Sum', true), chat: method('Chat', true, true),
};
`;

/** \`late\` answers only after its client has gone; \`silent\` never does. */
const SERVER = `
${SERVICE}
import { wrapStep } from '@tracecourt/instrumentation';
const work = wrapStep('work', async (value) => value);
process.on('unhandledRejection', () => undefined);
const server = new grpc.Server();
server.addService(service, {
  echo({ request, metadata }, callback) {
    if (request.code) return callback({ code: request.code, details: 'as asked' });
    const trailer = new grpc.Metadata();
    trailer.set('spoken-by', 'echo');
    work(request).then((value) => callback(null, { ...value, own: metadata.get('own'), traces: metadata.get('traceparent').length }, trailer));
  },
  silent() {},
  async late(call, callback) {
    await new Promise((resolve) => call.on('cancelled', resolve));
    await work('after all');
    callback(null, {});
  },
  throwing() { throw new RangeError('no'); },
  async rejecting() { throw new RangeError('no'); },
  async count(call) {
    for (let i = 0; i < 3; i++) call.write(await work(i));
    if (call.request.code) call.emit('error', { code: call.request.code, details: 'as asked' });
    else call.end();
  },
  endless(call) { call.write(0); },
  sum(call, callback) {
    let sum = 0;
    call.on('data', (value) => { sum += value; });
    call.on('end', () => work(sum).then((value) => callback(null, value)));
  },
  chat(call) {
    call.on('data', (value) => void work(value).then((same) => call.write(same)));
    call.on('end', () => setTimeout(() => call.end(), 20));
  },
});
server.register('/grpc.health.v1.Health/Check', (call, callback) => callback(null, {}), toBytes, fromBytes, 'unary');
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => console.log(port));
process.stdin.resume().on('end', () => server.forceShutdown());
`;

const CLIENT = `
${SERVICE}
import { currentRequestId } from '@tracecourt/instrumentation';
const { SERVER_PORT } = process.env;
const Demo = grpc.makeGenericClientConstructor(service, 'Demo');
const client = new Demo('127.0.0.1:' + SERVER_PORT, grpc.credentials.createInsecure());
const nobody = new Demo('127.0.0.1:1', grpc.credentials.createInsecure());
const ask = (name, request, ...more) => new Promise((resolve, reject) => {
  client[name](request, ...more, (error, reply) => (error ? reject(error) : resolve(reply)));
});
const all = async (call) => { const values = []; for await (const value of call) values.push(value); return values; };
const failure = (promise) => promise.catch((error) => grpc.status[error.code] ?? error.code);
const soon = () => new Promise((resolve) => setTimeout(resolve, 1_000));
`;

interface Row {
  readonly body: string;
  readonly asked: readonly string[];
  readonly served: readonly string[];
  readonly outcome?: unknown;
}

const ECHO = 'demo.Demo/Echo';

const ROWS: Readonly<Record<string, Row>> = {
  'a call': {
    body: `return ask('echo', { a: 1 });`,
    asked: [ECHO],
    served: [ECHO, 'work'],
    outcome: { a: 1, own: [], traces: 1 },
  },
  'a call by the plain client': {
    body: `
      const { path, requestSerialize, responseDeserialize } = service.echo;
      const plain = new grpc.Client('127.0.0.1:' + SERVER_PORT, grpc.credentials.createInsecure());
      const reply = await new Promise((resolve) => plain.makeUnaryRequest(path, requestSerialize, responseDeserialize, { a: 1 }, (_, value) => resolve(value)));
      plain.close();
      return reply.a;`,
    asked: [ECHO],
    served: [ECHO, 'work'],
    outcome: 1,
  },
  'metadata that is used twice': {
    body: `
      const metadata = new grpc.Metadata();
      metadata.set('own', 'mine');
      const replies = await Promise.all([ask('echo', {}, metadata), ask('echo', {}, metadata)]);
      return [replies, Object.keys(metadata.getMap())];`,
    asked: [ECHO, ECHO],
    served: [ECHO, 'work', ECHO, 'work'],
    outcome: [
      [
        { own: ['mine'], traces: 1 },
        { own: ['mine'], traces: 1 },
      ],
      ['own'],
    ],
  },
  'a trailer': {
    body: `
      return new Promise((resolve) => client.echo({}, () => undefined).on('status', ({ metadata }) => resolve(metadata.get('spoken-by'))));`,
    asked: [ECHO],
    served: [ECHO, 'work'],
    outcome: ['echo'],
  },
  'the context of a callback': {
    body: `return new Promise((resolve) => client.echo({}, () => resolve(currentRequestId())));`,
    asked: [ECHO],
    served: [ECHO, 'work'],
    outcome: 'the context of a callback',
  },
  'an answer that is no failure of the server': {
    body: `return failure(ask('echo', { code: grpc.status.NOT_FOUND }));`,
    asked: [`${ECHO}: NOT_FOUND`],
    served: [ECHO],
    outcome: 'NOT_FOUND',
  },
  'a failure of the server': {
    body: `return failure(ask('echo', { code: grpc.status.INTERNAL }));`,
    asked: [`${ECHO}: INTERNAL`],
    served: [`${ECHO}: INTERNAL`],
    outcome: 'INTERNAL',
  },
  'a handler that throws': {
    body: `return failure(ask('throwing', {}));`,
    asked: ['demo.Demo/Throwing: UNKNOWN'],
    served: ['demo.Demo/Throwing: UNKNOWN'],
    outcome: 'UNKNOWN',
  },
  'a handler that rejects and never answers': {
    body: `return failure(ask('rejecting', {}, { deadline: Date.now() + 2_000 }));`,
    asked: ['demo.Demo/Rejecting: DEADLINE_EXCEEDED'],
    served: ['demo.Demo/Rejecting: UNKNOWN'],
    outcome: 'DEADLINE_EXCEEDED',
  },
  'a stream from the server': {
    body: `return all(client.count({}));`,
    asked: ['demo.Demo/Count'],
    served: ['demo.Demo/Count', 'work', 'work', 'work'],
    outcome: [0, 1, 2],
  },
  'a stream that fails': {
    body: `return failure(all(client.count({ code: grpc.status.DATA_LOSS })));`,
    asked: ['demo.Demo/Count: DATA_LOSS'],
    served: ['demo.Demo/Count: DATA_LOSS', 'work', 'work', 'work'],
    outcome: 'DATA_LOSS',
  },
  'a stream from the client': {
    body: `
      return new Promise((resolve, reject) => {
        const call = client.sum((error, reply) => (error ? reject(error) : resolve(reply)));
        for (const value of [1, 2, 3]) call.write(value);
        call.end();
      });`,
    asked: ['demo.Demo/Sum'],
    served: ['demo.Demo/Sum', 'work'],
    outcome: 6,
  },
  'streams both ways': {
    body: `const call = client.chat(); call.write(1); call.write(2); call.end(); return all(call);`,
    asked: ['demo.Demo/Chat'],
    served: ['demo.Demo/Chat', 'work', 'work'],
    outcome: [1, 2],
  },
  'a call that is cancelled, whose handler never answers': {
    body: `
      const cancelled = failure(new Promise((resolve, reject) => {
        const call = client.silent({}, (error) => reject(error));
        soon().then(() => call.cancel());
      }));
      return cancelled;`,
    asked: ['demo.Demo/Silent: CANCELLED'],
    served: ['demo.Demo/Silent'],
    outcome: 'CANCELLED',
  },
  'a call that is cancelled, whose handler goes on': {
    body: `
      return failure(new Promise((resolve, reject) => {
        const call = client.late({}, (error) => reject(error));
        soon().then(() => call.cancel());
      }));`,
    asked: ['demo.Demo/Late: CANCELLED'],
    served: ['demo.Demo/Late', 'work'],
    outcome: 'CANCELLED',
  },
  'a stream that is cancelled': {
    body: `const call = client.endless({}); call.on('error', () => undefined); for await (const first of call) { call.cancel(); return first; }`,
    asked: ['demo.Demo/Endless: CANCELLED'],
    served: ['demo.Demo/Endless'],
    outcome: 0,
  },
  'a call that is out of time': {
    body: `return failure(ask('silent', {}, { deadline: Date.now() + 2_000 }));`,
    asked: ['demo.Demo/Silent: DEADLINE_EXCEEDED'],
    served: ['demo.Demo/Silent'],
    outcome: 'DEADLINE_EXCEEDED',
  },
  'a server that is not there': {
    body: `return failure(new Promise((resolve, reject) => nobody.echo({}, (error) => reject(error))));`,
    asked: [`${ECHO}: UNAVAILABLE`],
    served: [],
    outcome: 'UNAVAILABLE',
  },
  'a call without a callback': { body: `client.echo({});`, asked: [], served: [] },
};

describe('gRPC under tracing, from one process to another', () => {
  let programs: TracedPrograms;
  let server: ChildProgram;
  let port: string;
  let outcomes: Readonly<Record<string, Outcome>>;

  before(async () => {
    programs = await startTracedPrograms();
    server = await programs.start({ service: 'server', source: SERVER });
    port = await server.line();
    const cases = {
      setup: CLIENT,
      cases: {
        ...Object.fromEntries(Object.entries(ROWS).map(([id, { body }]) => [id, body])),
        'outside of every request': `
          const check = { path: '/grpc.health.v1.Health/Check' };
          await outside(() => new Promise((resolve) => client.makeUnaryRequest(check.path, toBytes, fromBytes, {}, resolve)));`,
      },
      teardown: 'client.close(); nobody.close();',
    };
    outcomes = await runCases(programs, { service: 'client', cases, environment: { SERVER_PORT: port } });
  });
  after(async () => {
    server?.process.stdin.end();
    await programs?.[Symbol.asyncDispose]();
  });

  for (const [id, row] of Object.entries(ROWS)) {
    it(`tells of ${id}, and ends every span with its work`, async () => {
      const request = await programs.request(id);
      expect(told(request, 'client')).to.deep.equal(row.asked);
      if (id === 'metadata that is used twice') expect(told(request, 'server')).to.have.members(row.served);
      else expect(told(request, 'server')).to.deep.equal(row.served);
      expect(request.completedBy).to.equal('accounted');
      if ('outcome' in row) expect(outcomes[id]).to.deep.equal({ returned: row.outcome });
      else expect(outcomes[id]).to.have.property('thrown');
    });
  }

  it('gives no span to a health check and a call that belong to no request', async () => {
    await programs.request('outside of every request');
    const names = programs.completed.flatMap(({ spans }) => spans.map(({ name }) => name));
    expect(names).to.include(ECHO);
    expect(names).to.not.include('grpc.health.v1.Health/Check');
  });

  it('says what was called, where, and how it came out', async () => {
    const { spans } = await programs.request('a call');
    const [asked, served] = ['client', 'server'].map((kind) => spans.find((span) => span.kind === kind)) as [
      Span,
      Span,
    ];
    const both = { 'rpc.system.name': 'grpc', 'rpc.method': ECHO, 'rpc.status_code': 'OK' };
    const address = { 'server.address': '127.0.0.1', 'server.port': Number(port), 'tracecourt.sent': 1 };
    expect(plain(asked.attributes)).to.include({ ...both, ...address });
    expect(plain(served.attributes)).to.include(both);
    expect(served.traceState).to.equal(`tracecourt=${asked.spanId}.1`);
  });
});
