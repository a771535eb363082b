import { parseAccount, parseHandoff } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { type ChildProgram, runProgram } from '../helpers/child-program.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../helpers/otlp-receiver.js';

const REGISTER = ['--import', '@tracecourt/instrumentation/register'];

const SERVER = `
import { createServer } from 'node:http';
import { wrapStep } from '@tracecourt/instrumentation';
const answer = wrapStep('answer', async (question) => ({ answer: question.length }), { input: true, output: true });
const server = createServer(async (request, response) => {
  const body = await answer(request.url);
  response.end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => server.close(() => server.closeAllConnections()));
`;

const CLIENT = `
import http from 'node:http';
import { currentTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
const port = process.env.SERVER_PORT;
const get = (path) => new Promise((resolve, reject) => {
  http.get({ port, host: '127.0.0.1', path }, (response) => response.resume().on('end', resolve)).on('error', reject);
});
const ask = wrapStep('ask', async () => {
  await get('/by-http');
  await (await fetch('http://127.0.0.1:' + port + '/by-fetch')).text();
});
await withRequestId('request-4711', ask);
`;

function xorOf(spans: readonly ReceivedSpan[]): string {
  const xor = spans.reduce((sum, { spanId }) => sum ^ BigInt(`0x${spanId}`), 0n);
  return xor.toString(16).padStart(16, '0');
}

function service(spans: readonly ReceivedSpan[], name: string): readonly ReceivedSpan[] {
  return spans.filter(({ resource }) => resource['service.name'] === name);
}

/** True when what is held of a process is exactly what its accounts say. */
function isWhole(spans: readonly ReceivedSpan[]): boolean {
  const accounts = spans.flatMap(({ attributes }) => parseAccount(attributes['tracecourt.account']) ?? []);
  const sum = accounts.reduce((total, { spans: count }) => total + count, 0);
  const xor = accounts.reduce((total, account) => total ^ BigInt(`0x${account.xor}`), 0n);
  return spans.length > 0 && sum === spans.length && xor === BigInt(`0x${xorOf(spans)}`);
}

describe('a request handed over HTTP from one process to another', () => {
  let receiver: OtlpReceiver;
  let server: ChildProgram;
  let client: ChildProgram;
  let spans: readonly ReceivedSpan[];

  before(async () => {
    receiver = await startOtlpReceiver();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
    server = await runProgram({
      source: SERVER,
      nodeArguments: REGISTER,
      environment: { ...environment, OTEL_SERVICE_NAME: 'server' },
    });
    const port = await server.line();
    client = await runProgram({
      source: CLIENT,
      nodeArguments: REGISTER,
      environment: { ...environment, OTEL_SERVICE_NAME: 'client', SERVER_PORT: port },
    });
    spans = await receiver.until((all) => isWhole(service(all, 'client')) && service(all, 'server').length >= 4);
    await receiver.until((all) => isWhole(service(all, 'server')));
  });

  after(async () => {
    await client?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  it('gives one span for each step and each side of each call', () => {
    expect(service(spans, 'client').map(({ name, kind }) => [name, kind])).to.have.deep.members([
      ['ask', 1],
      ['GET', 3],
      ['GET', 3],
    ]);
    expect(service(spans, 'server').map(({ name, kind }) => [name, kind])).to.have.deep.members([
      ['GET', 2],
      ['GET', 2],
      ['answer', 1],
      ['answer', 1],
    ]);
  });

  it('names every hand-off on its receipt, and counts it on the sender', () => {
    const senders = service(spans, 'client').filter(({ kind }) => kind === 3);
    for (const sender of senders) {
      const receipt = service(spans, 'server').find(({ parentSpanId }) => parentSpanId === sender.spanId);
      const member = /(?:^|,)tracecourt=([^,]*)/.exec(receipt?.traceState ?? '')?.[1];
      expect(parseHandoff(member)).to.deep.equal({ spanId: sender.spanId, n: 1 });
      expect(sender.attributes).to.include({ 'tracecourt.sent': 1 });
      expect(sender.attributes['tracecourt.seq.sent']).to.have.length(1);
    }
  });

  it('adds up to the accounts of both processes', () => {
    const [account] = service(spans, 'client').flatMap(
      ({ attributes }) => parseAccount(attributes['tracecourt.account']) ?? [],
    );
    expect(account).to.deep.equal({ spans: 3, sent: 2, xor: xorOf(service(spans, 'client')) });
    expect(isWhole(service(spans, 'server'))).to.equal(true);
  });

  it('carries the request id to every span', () => {
    expect(new Set(spans.map(({ attributes }) => attributes['tracecourt.request.id']))).to.deep.equal(
      new Set(['request-4711']),
    );
  });

  it('records what a step was asked to capture', () => {
    const inputs = spans
      .filter(({ name }) => name === 'answer')
      .map(({ attributes }) => attributes['tracecourt.step.input']);
    expect(inputs).to.have.members(['"/by-http"', '"/by-fetch"']);
  });

  it('orders starts, hand-offs and ends of a process without ties', () => {
    const stamps = service(spans, 'client').flatMap(({ attributes }) => [
      attributes['tracecourt.seq.start'],
      ...((attributes['tracecourt.seq.sent'] as number[] | undefined) ?? []),
      attributes['tracecourt.seq.end'],
    ]);
    expect([...stamps].sort((a, b) => Number(a) - Number(b))).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('says which process it was, and nothing of its command line', () => {
    for (const { resource } of spans) {
      expect(resource).to.include.keys('service.instance.id', 'process.pid');
      expect(Object.keys(resource)).not.to.include.members(['process.command_args']);
    }
  });
});
