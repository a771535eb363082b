import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type Collector, startCollector } from '../../collectors/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { AssembledRequest } from '../../src/model/index.js';
import { createRequestSender } from '../../src/orchestrator/request-sender.js';
import { parseMetrics, readingOf } from '../helpers/metrics-text.js';

describe('the spans of the sender', () => {
  let server: Server;
  let collector: Collector;
  const received: number[] = [];

  beforeEach(async () => {
    received.length = 0;
    server = createServer((_request, response) => void response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    collector = await startCollector({ onInput: ({ kind, ...input }) => void (kind === 'arrival' && note(input)) });
  });

  afterEach(async () => {
    await collector[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  });

  function note(input: object): void {
    if ('body' in input && input.body instanceof Uint8Array) received.push(input.body.length);
  }

  async function sendThrough(within: Pick<Collector, 'take'> | undefined): Promise<AssembledRequest> {
    await using sender = createRequestSender(collector.address, within);
    const answer = await sender.send({
      requestId: 'r.1',
      trigger: {
        method: 'GET',
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        headers: {},
        body: undefined,
        status: [200],
      },
      baggage: {},
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    expect(answer.status).to.equal(200);
    const found = await pollUntil(async () => collector.snapshot('r.1'), { timeoutMs: 30_000, everyMs: 10 });
    if (!found) throw new Error('no span arrived');
    return found;
  }

  async function metrics() {
    return parseMetrics(await (await fetch(`${collector.address}/metrics`)).text());
  }

  const told = ({ spans, accounting }: AssembledRequest) => ({
    spans: spans.map(({ name, kind, parentSpanId, attributes }) => [
      name,
      kind,
      parentSpanId,
      attributes.get('http.response.status_code'),
      attributes.get('tracecourt.request.id'),
    ]),
    counted: accounting.processes.map(({ service, spansHeld, spansCounted }) => [service, spansHeld, spansCounted]),
  });

  it('reach a collector of the same process without a socket, as they would over HTTP', async () => {
    const within = told(await sendThrough(collector));
    const series = await metrics();
    expect(series.filter(({ name }) => name === 'tracecourt_exports_total')).to.deep.equal([]);
    expect(readingOf(series, 'tracecourt_spans_received_total', { source: 'own-process' })).to.equal(1);
    expect(readingOf(series, 'tracecourt_received_bytes_total', { source: 'own-process' })).to.equal(received[0]);

    await collector[Symbol.asyncDispose]();
    collector = await startCollector();
    expect(told(await sendThrough(undefined))).to.deep.equal(within);
    expect(within.spans).to.have.length(1);
    expect(within.counted).to.deep.equal([['tracecourt', 1, 1]]);
  });

  it('go by HTTP when the collector does not take them so', async () => {
    const full: Pick<Collector, 'take'> = {
      take() {
        throw new Error('full');
      },
    };
    expect(told(await sendThrough(full)).spans).to.have.length(1);
    expect(readingOf(await metrics(), 'tracecourt_spans_received_total', { source: 'otlp-http' })).to.equal(1);
  });
});
