import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Arrival, type OtlpHttpOptions, startOtlpHttpSource } from '../../collectors/index.js';
import { TracecourtError } from '../../src/errors.js';
import { systemClock } from '../../src/lib/clock.js';
import { exchangeRaw } from '../helpers/raw-http.js';
import { decodeByOracle, encode } from './otlp-decode/otlp-schema.js';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'a' };
const asBytes = { ...SPAN, traceId: Buffer.from(SPAN.traceId, 'hex'), spanId: Buffer.from(SPAN.spanId, 'hex') };
const protobufBody = exportOf([asBytes]);
const jsonBody = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });

function exportOf(spans: readonly object[]): Buffer {
  return encode('Request', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

async function started(options: Partial<OtlpHttpOptions> = {}) {
  const arrivals: Arrival[] = [];
  const source = await startOtlpHttpSource({
    clock: systemClock,
    deliver: (arrival) => arrivals.push(arrival),
    ...options,
  });
  const post = (body: string | Buffer, headers: Record<string, string>, path = '/v1/traces') =>
    fetch(source.address + path, { method: 'POST', body: body as string, headers });
  return { source, arrivals, post, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

async function statusMessage(response: Response): Promise<string> {
  const status = (await response.json()) as { code: number; message: string };
  expect(status.code).to.be.a('number');
  return status.message;
}

function protobufMessage(body: ArrayBuffer): unknown {
  return decodeByOracle('RpcStatus', new Uint8Array(body))['message'];
}

describe('the OTLP/HTTP source', () => {
  it('takes protobuf and JSON, and answers in kind', async () => {
    await using server = await started();
    const protobuf = await server.post(protobufBody, { 'content-type': PROTOBUF });
    expect([protobuf.status, protobuf.headers.get('content-type')]).to.deep.equal([200, PROTOBUF]);
    expect((await protobuf.arrayBuffer()).byteLength).to.equal(0);
    const json = await server.post(jsonBody, { 'content-type': `${JSON_TYPE}; charset=utf-8` });
    expect([json.status, json.headers.get('content-type')]).to.deep.equal([200, JSON_TYPE]);
    expect(await json.json()).to.deep.equal({});
    expect(server.arrivals.map(({ contentType, batch }) => [contentType, batch.span(0).name])).to.deep.equal([
      [PROTOBUF, 'a'],
      [JSON_TYPE, 'a'],
    ]);
  });

  it('takes gzip, and hands on the inflated bytes', async () => {
    await using server = await started();
    const headers = { 'content-type': PROTOBUF, 'content-encoding': 'gzip' };
    expect((await server.post(gzipSync(protobufBody), headers)).status).to.equal(200);
    expect(Buffer.from(server.arrivals[0]!.body).equals(protobufBody)).to.equal(true);
  });

  it('says in a partial success which spans it refused, in both encodings', async () => {
    await using server = await started();
    const body = exportOf([asBytes, { ...asBytes, spanId: Buffer.alloc(8) }]);
    const protobuf = await server.post(body, { 'content-type': PROTOBUF });
    expect(protobuf.status).to.equal(200);
    expect(decodeByOracle('Response', new Uint8Array(await protobuf.arrayBuffer()))).to.deep.equal({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'a span id must be 8 bytes, not all zero' },
    });
    const odd = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...SPAN, traceId: '12' }] }] }] });
    const json = await server.post(odd, { 'content-type': JSON_TYPE });
    expect(await json.json()).to.deep.equal({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'a trace id must be 16 bytes, not all zero' },
    });
    expect(server.arrivals.map(({ batch }) => batch.length)).to.deep.equal([1, 0]);
  });

  const refusals: readonly (readonly [
    string,
    number,
    () => readonly [string | Buffer, Record<string, string>, string?],
  ])[] = [
    ['garbage', 400, () => ['\u0007garbage', { 'content-type': PROTOBUF }]],
    ['JSON that is none', 400, () => ['{', { 'content-type': JSON_TYPE }]],
    ['gzip that is none', 400, () => [protobufBody, { 'content-type': PROTOBUF, 'content-encoding': 'gzip' }]],
    [
      'truncated gzip',
      400,
      () => [gzipSync(protobufBody).subarray(0, -4), { 'content-type': PROTOBUF, 'content-encoding': 'gzip' }],
    ],
    ['another path', 404, () => [jsonBody, { 'content-type': JSON_TYPE }, '/v1/logs']],
    ['another media type', 415, () => [jsonBody, { 'content-type': 'text/plain' }]],
    ['another content encoding', 415, () => [jsonBody, { 'content-type': JSON_TYPE, 'content-encoding': 'br' }]],
  ];
  for (const [what, status, make] of refusals) {
    it(`answers ${status} to ${what}, with a Status in the request's encoding`, async () => {
      await using server = await started();
      const [body, headers, path] = make();
      const response = await server.post(body, headers, path);
      expect(response.status).to.equal(status);
      const isProtobuf = headers['content-type'] === PROTOBUF;
      expect(response.headers.get('content-type')).to.equal(isProtobuf ? PROTOBUF : JSON_TYPE);
      const message = isProtobuf ? protobufMessage(await response.arrayBuffer()) : await statusMessage(response);
      expect(message).to.match(/\w+ .*\./);
      expect(server.arrivals).to.deep.equal([]);
      expect((await server.post(jsonBody, { 'content-type': JSON_TYPE })).status, 'afterwards').to.equal(200);
    });
  }

  it('answers 405 to another method, and names the right one', async () => {
    await using server = await started();
    const response = await fetch(`${server.source.address}/v1/traces`);
    expect([response.status, response.headers.get('allow')]).to.deep.equal([405, 'POST']);
    expect(await statusMessage(response)).to.contain('POST');
  });

  it('answers 413 to a body that announces too much, and to one that turns out to be', async () => {
    await using server = await started({ maxBodyBytes: 1_000 });
    const announced = await server.post(Buffer.alloc(1_001), { 'content-type': PROTOBUF });
    expect(announced.status).to.equal(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(new Uint8Array(500));
        controller.close();
      },
    });
    const streamed = await fetch(`${server.source.address}/v1/traces`, {
      method: 'POST',
      body: stream,
      headers: { 'content-type': PROTOBUF },
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).to.equal(413);
    expect(protobufMessage(await streamed.arrayBuffer())).to.contain('1000 bytes');
  });

  it('answers 413 to a gzip bomb, without inflating it whole', async () => {
    await using server = await started({ maxBodyBytes: 1_000_000 });
    const bomb = gzipSync(Buffer.alloc(300_000_000));
    expect(bomb.length).to.be.lessThan(1_000_000);
    const before = process.memoryUsage().arrayBuffers;
    const response = await server.post(bomb, { 'content-type': PROTOBUF, 'content-encoding': 'gzip' });
    expect(response.status).to.equal(413);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(64 * 1024 * 1024);
  });

  it('answers 503 with Retry-After when the spans cannot be taken', async () => {
    await using server = await started({
      deliver: () => {
        throw new Error('full');
      },
    });
    const response = await server.post(jsonBody, { 'content-type': JSON_TYPE });
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await statusMessage(response)).to.contain('try again');
  });

  it('answers 429 with Retry-After when too much is under way', async () => {
    await using server = await started({ maxBytesInFlight: 10 });
    const response = await server.post(jsonBody, { 'content-type': JSON_TYPE });
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([429, '1']);
  });

  it('acknowledges only what was delivered', async () => {
    let answered = false;
    let deliveredFirst = false;
    await using server = await started({
      deliver: () => {
        deliveredFirst = !answered;
      },
    });
    await server.post(jsonBody, { 'content-type': JSON_TYPE });
    answered = true;
    expect(deliveredFirst).to.equal(true);
  });

  const garbage: readonly (readonly [string, string, RegExp])[] = [
    ['no HTTP at all', '\u0000\u0001\u0002\r\n\r\n', /^HTTP\/1\.1 400 .*"message"/s],
    ['a URL that URL parsers choke on', 'GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', / 404 /],
    [
      '__proto__ as a header',
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n__proto__: x\r\nConnection: close\r\n\r\n',
      / 404 /,
    ],
    [
      'a broken escape',
      'GET /api/requests/%E0%A4%A HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      / 40[04] /,
    ],
    ['a foreign Host', 'GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n', / 403 /],
    [
      'a Host that only begins like ours',
      'GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.test\r\nConnection: close\r\n\r\n',
      / 403 /,
    ],
    ['headers without end', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, / 431 /],
    [
      'two lengths',
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      / 400 /,
    ],
  ];
  for (const [what, bytes, answer] of garbage) {
    it(`survives ${what}`, async () => {
      await using server = await started();
      expect(await exchangeRaw(server.source.address, bytes)).to.match(answer);
      expect((await server.post(jsonBody, { 'content-type': JSON_TYPE })).status, 'afterwards').to.equal(200);
    });
  }

  it('survives a client that goes away in the middle of its body', async () => {
    await using server = await started();
    const aborter = new AbortController();
    const never = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
    const upload = fetch(`${server.source.address}/v1/traces`, {
      method: 'POST',
      body: never,
      headers: { 'content-type': PROTOBUF },
      duplex: 'half',
      signal: aborter.signal,
    } as RequestInit);
    setTimeout(() => aborter.abort(), 20);
    await upload.catch(() => undefined);
    expect((await server.post(jsonBody, { 'content-type': JSON_TYPE })).status).to.equal(200);
  });

  it('closes a client that is too slow with its body', async () => {
    await using server = await started({ timeouts: { headersMs: 50, requestMs: 100, idleMs: 100 } });
    const head =
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';
    await exchangeRaw(server.source.address, head);
    expect(server.arrivals).to.deep.equal([]);
  });

  it('names the address and the flag when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const error: unknown = await started({ port }).catch((failure: unknown) => failure);
    other.close();
    expect(error).to.be.instanceOf(TracecourtError).and.include({ code: 'port-in-use' });
    expect((error as TracecourtError).message).to.contain(`127.0.0.1:${port}`);
    expect((error as TracecourtError).nextStep).to.contain('--http');
  });

  it('does not listen beyond loopback', async () => {
    const error: unknown = await started({ host: '0.0.0.0' }).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(TracecourtError).and.include({ code: 'usage' });
  });
});
