import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AssemblerInput,
  type Collector,
  type CollectorOptions,
  decodeTraces,
  plainSpan,
  replayInputs,
  startCollector,
  toOtlpJson,
} from '../../collectors/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import { toJson } from '../../src/lib/json.js';
import type { AssembledRequest, Span } from '../../src/model/index.js';
import { buildSpan, ToyProcess, traceIdOf } from '../helpers/spans.js';

const QUICK = { rootQuietMs: 30, idleMs: 100, deadlineMs: 500 };

/** A collector that keeps what it said and what it was given. */
async function startRecording(options: CollectorOptions = {}) {
  const completed: AssembledRequest[] = [];
  const inputs: AssemblerInput[] = [];
  const collector = await startCollector({
    assembler: QUICK,
    onCompleted: (request) => completed.push(request),
    onInput: (input) => inputs.push(input),
    ...options,
  });
  return { collector, completed, inputs, [Symbol.asyncDispose]: () => collector[Symbol.asyncDispose]() };
}

async function post(collector: Collector, spans: readonly Span[]): Promise<number> {
  const response = await fetch(`${collector.address}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toJson(toOtlpJson(spans)),
  });
  return response.status;
}

async function getJson(collector: Collector, path: string) {
  const response = await fetch(collector.address + path);
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
}

async function waitFor(completed: readonly AssembledRequest[], count: number): Promise<void> {
  const enough = await pollUntil(async () => (completed.length >= count ? true : undefined), {
    timeoutMs: 30_000,
    everyMs: 5,
  });
  expect(enough, `${count} revisions`).to.equal(true);
}

function twoProcesses(requestId: string): { readonly web: Span[]; readonly orders: Span[] } {
  const web = new ToyProcess('web', { requestId, traceId: traceIdOf(requestId) });
  const orders = new ToyProcess('orders', { requestId });
  orders.receive(web.send(web.start('root', { attributes: { 'tracecourt.step': 'order' } })), 'handle', {
    kind: 'server',
  });
  return { web: web.endPeriod(), orders: orders.endPeriod() };
}

const asData = (span: Span) => JSON.parse(toJson(plainSpan(span))) as object;
const asText = (request: AssembledRequest) => toJson({ ...request, spans: request.spans.map(plainSpan) });

describe('a collector', () => {
  it('assembles what a real exporter sends, and answers for it over HTTP', async () => {
    await using run = await startRecording();
    const exporter = new OTLPTraceExporter({ url: `${run.collector.address}/v1/traces` });
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const tracer = provider.getTracer('test');
    const attributes = { 'tracecourt.request.id': 'r-1' };
    const root = tracer.startSpan('order', { attributes });
    const below = trace.setSpan(context.active(), root);
    tracer.startSpan('write', { attributes: { ...attributes, 'tracecourt.step': 'write' } }, below).end();
    root.end();
    await provider.shutdown();

    await waitFor(run.completed, 1);
    expect(run.completed[0]).to.include({ requestId: 'r-1', completedBy: 'root-quiet' });
    const { body } = await getJson(run.collector, '/api/requests/r-1');
    expect((body as { steps: object[] }).steps[0]).to.include({ stepName: 'write', component: 'shop' });
  });

  it('completes by accounting at once, and by a revision when spans come late', async () => {
    await using run = await startRecording();
    const { web, orders } = twoProcesses('r-1');
    await post(run.collector, web);
    await waitFor(run.completed, 1);
    await post(run.collector, orders);
    await waitFor(run.completed, 2);
    expect(run.completed.map(({ revision, completedBy }) => [revision, completedBy])).to.deep.equal([
      [1, 'root-quiet'],
      [2, 'accounted'],
    ]);
    expect(run.completed[1]!.lateSpanIds).to.deep.equal([orders[0]!.spanId]);
  });

  it('completes what is open by shutdown when it stops', async () => {
    const run = await startRecording({ assembler: {} });
    await post(run.collector, twoProcesses('r-1').orders);
    await run.collector[Symbol.asyncDispose]();
    expect(run.completed).to.have.length(1);
    expect(run.completed[0]).to.include({ completedBy: 'shutdown', completionStatus: 'incomplete' });
    expect(run.inputs.at(-1)).to.deep.include({ kind: 'close', reason: 'shutdown' });
  });

  it('replays to the same revisions from its inputs alone', async () => {
    const run = await startRecording();
    const requests = ['r-1', 'r-2', 'r-3', 'r-4'].map(twoProcesses);
    run.collector.declareOrigin({ requestId: 'r-4', parentSpanId: requests[3]!.orders[0]!.parentSpanId!, sends: 1 });
    await post(run.collector, [...requests[0]!.web, ...requests[1]!.orders]);
    await post(run.collector, requests[2]!.orders);
    run.collector.close('r-3', 'flow-closed');
    await waitFor(run.completed, 3);
    await post(run.collector, [...requests[0]!.orders, ...requests[3]!.orders]);
    await post(run.collector, requests[2]!.web);
    await waitFor(run.completed, 6);
    await post(run.collector, requests[1]!.web);
    await run.collector[Symbol.asyncDispose]();
    expect(run.completed.length).to.be.at.least(7);
    expect(new Set(run.inputs.map(({ kind }) => kind))).to.deep.equal(new Set(['arrival', 'tick', 'close', 'origin']));
    expect(replayInputs(run.inputs, QUICK).map(asText)).to.deep.equal(run.completed.map(asText));
  });

  it('replays the same without the looks that found nothing, whatever arrives when', () => {
    const { web, orders } = twoProcesses('r-1');
    const body = (span: Span) => Buffer.from(toJson(toOtlpJson([span])));
    const arrivals = [...web, ...orders, ...twoProcesses('r-2').web].map(body);
    fc.assert(
      fc.property(fc.shuffledSubarray(arrivals), fc.array(fc.nat(700), { maxLength: 6 }), (bodies, gaps) => {
        const inputs: AssemblerInput[] = [];
        let now = 0n;
        for (const [i, gap] of gaps.entries()) {
          now += BigInt(gap) * 1_000_000n;
          const next = bodies[i];
          if (next) inputs.push({ kind: 'arrival', at: now, contentType: 'application/json', body: next });
          inputs.push({ kind: 'tick', at: now });
        }
        expect(replayInputs(withoutEmptyLooks(inputs)).map(asText)).to.deep.equal(replayInputs(inputs).map(asText));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an arrival that could not be recorded, and holds nothing of it', async () => {
    await using run = await startRecording({
      onInput: () => {
        throw new Error('disk full');
      },
    });
    expect(await post(run.collector, twoProcesses('r-1').web)).to.equal(503);
    expect(run.collector.list()).to.deep.equal([]);
  });

  it('goes on when a reader of its requests throws', async () => {
    const defects: unknown[] = [];
    await using run = await startRecording({
      onCompleted: () => {
        throw new Error('reader broke');
      },
      onDefect: (error) => defects.push(error),
    });
    for (const requestId of ['r-1', 'r-2']) {
      const { web, orders } = twoProcesses(requestId);
      expect(await post(run.collector, [...web, ...orders])).to.equal(200);
    }
    await pollUntil(async () => (defects.length === 2 ? true : undefined), { timeoutMs: 30_000, everyMs: 5 });
    expect(defects.map(String)).to.deep.equal(['Error: reader broke', 'Error: reader broke']);
  });
});

function withoutEmptyLooks(inputs: readonly AssemblerInput[]): readonly AssemblerInput[] {
  const saidBefore = (end: number) => replayInputs(inputs.slice(0, end)).length;
  return inputs.filter(({ kind }, i) => kind !== 'tick' || saidBefore(i) < saidBefore(i + 1));
}

describe('the query API', () => {
  it('lists requests, and gives one as a workflow trace with times as decimal text', async () => {
    await using run = await startRecording();
    const { web, orders } = twoProcesses('r-1');
    await post(run.collector, [...web, ...orders]);
    await waitFor(run.completed, 1);
    const list = await getJson(run.collector, '/api/requests');
    expect((list.body as { requests: object[] }).requests[0]).to.include({
      requestId: 'r-1',
      completionStatus: 'complete',
      completedBy: 'accounted',
      spans: 2,
    });
    const { status, headers, body } = await getJson(run.collector, '/api/requests/r-1');
    expect([status, headers.get('x-content-type-options')]).to.deep.equal([200, 'nosniff']);
    expect(body).to.include({ requestId: 'r-1', startTime: '1767225600000000000', currentStep: 'order' });
    expect((body as { spans: { attributes: object }[] }).spans.map(({ attributes }) => attributes)).to.deep.include({
      'tracecourt.request.id': 'r-1',
      'tracecourt.step': 'order',
      'tracecourt.seq.start': 1,
      'tracecourt.sent': 1,
      'tracecourt.account': `1.1.${web[0]!.spanId}`,
    });
  });

  it("gives a trace in the form of Jaeger's v3 API, which decodes to the same spans", async () => {
    await using run = await startRecording();
    const span = buildSpan({
      attributes: { n: 1, list: ['a', true, 1.5] },
      links: [{ traceId: traceIdOf('x'), spanId: 'b7ad6b7169203331' }],
    });
    await post(run.collector, [span]);
    const path = `/api/v3/traces/${traceIdOf('default').toUpperCase()}`;
    const { body } = await getJson(run.collector, path);
    const { result } = body as { result: object };
    const { batch } = decodeTraces(Buffer.from(JSON.stringify(result)), 'application/json');
    expect(asData(batch.span(0))).to.deep.equal(asData(span));
  });

  const answers: readonly (readonly [string, number, RegExp])[] = [
    ['/healthz', 200, /ok/],
    ['/readyz', 200, /ready/],
    ['/api/requests/none', 404, /none/],
    ['/api/requests/', 400, /request id/],
    ['/api/requests/a%00b', 400, /request id/],
    [`/api/requests/${'x'.repeat(300)}`, 400, /request id/],
    ['/api/requests/%E0%A4%A', 400, /request id/],
    ['/api/requests/__proto__', 404, /__proto__/],
    [`/api/v3/traces/${'0'.repeat(31)}1`, 404, /No traces found/],
    ['/api/v3/traces/..%2f..', 400, /32 hex/],
    ['/api', 404, /nothing at/],
  ];
  for (const [path, status, message] of answers) {
    it(`answers ${status} to ${path.slice(0, 40)}, in JSON`, async () => {
      await using run = await startRecording();
      const answer = await getJson(run.collector, path);
      expect(answer.status).to.equal(status);
      expect(JSON.stringify(answer.body)).to.match(message);
      expect(answer.headers.get('content-type')).to.equal('application/json');
    });
  }

  it('is for reading only', async () => {
    await using run = await startRecording();
    const response = await fetch(`${run.collector.address}/api/requests`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
    expect(response.headers.get('access-control-allow-origin')).to.equal(null);
  });
});
