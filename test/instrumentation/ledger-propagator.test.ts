import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  suppressTracing,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  contextWithRequestId,
  createLedgerProcessor,
  createLedgerPropagator,
  currentRequestId,
  parseAccount,
} from '@tracecourt/instrumentation';
import { expect } from 'chai';

type Headers = Record<string, string>;

/** One process with a ledger, in memory. */
function startProcess(newRequestId?: () => string) {
  const exporter = new InMemorySpanExporter();
  const processor = createLedgerProcessor(new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000 }));
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('test');
  const propagator = createLedgerPropagator({
    inner: new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    handOff: (spanId) => processor.handOff(spanId),
    tracer: () => tracer,
    newRequestId,
  });
  return {
    tracer,
    inject: (context: Context): Headers => {
      const headers: Headers = {};
      propagator.inject(context, headers, defaultTextMapSetter);
      return headers;
    },
    extract: (headers: Headers) => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
    fields: () => propagator.fields(),
    spans: async (): Promise<readonly ReadableSpan[]> => {
      await provider.forceFlush();
      return exporter.getFinishedSpans();
    },
    exported: () => exporter.getFinishedSpans(),
  };
}

const under = (span: Span, context = ROOT_CONTEXT) => trace.setSpan(context, span);
const idOf = (span: Span) => span.spanContext().spanId;

describe('a hand-off', () => {
  it('is counted under the open span and named in tracestate', async () => {
    const process = startProcess();
    const span = process.tracer.startSpan('work');
    const first = process.inject(under(span));
    const second = process.inject(under(span));
    span.end();
    expect(first['tracestate']).to.equal(`tracecourt=${idOf(span)}.1`);
    expect(second['tracestate']).to.equal(`tracecourt=${idOf(span)}.2`);
    expect(first['traceparent']).to.contain(idOf(span));
    const [sent] = await process.spans();
    expect(sent?.attributes).to.deep.include({ 'tracecourt.sent': 2, 'tracecourt.seq.sent': [2, 3] });
    expect(parseAccount(sent?.attributes['tracecourt.account'])).to.include({ spans: 1, sent: 2 });
  });

  it('under a span that has ended goes through a relay span, so that it has a span', async () => {
    const process = startProcess();
    const span = process.tracer.startSpan('work');
    span.end();
    const headers = process.inject(under(span));
    const relay = (await process.spans()).find(({ name }) => name === 'tracecourt.relay');
    expect(relay?.parentSpanContext?.spanId).to.equal(idOf(span));
    expect(headers['tracestate']).to.equal(`tracecourt=${relay?.spanContext().spanId}.1`);
    expect(relay?.attributes).to.include({ 'tracecourt.sent': 1 });
  });

  it('under a context that was only extracted goes through a relay span too', async () => {
    const [sender, middle] = [startProcess(), startProcess()];
    const span = sender.tracer.startSpan('work');
    const onward = middle.inject(middle.extract(sender.inject(under(span))));
    const [relay] = await middle.spans();
    expect(relay?.name).to.equal('tracecourt.relay');
    expect(relay?.parentSpanContext?.spanId).to.equal(idOf(span));
    expect(relay?.spanContext().traceState?.get('tracecourt')).to.equal(`${idOf(span)}.1`);
    expect(onward['tracestate']).to.equal(`tracecourt=${relay?.spanContext().spanId}.1`);
  });

  it('puts its own member first and keeps those of others, as far as receivers take them', () => {
    const [sender, receiver] = [startProcess(), startProcess()];
    const others = Array.from({ length: 20 }, (_, i) => `vendor${i}=${'x'.repeat(20)}`);
    const tracestate = ['tracecourt=00f067aa0ba902b7.9', ...others.slice(0, 15)].join(',');
    const span = sender.tracer.startSpan('work');
    const parent = sender.inject(under(span))['traceparent'] ?? '';
    const context = receiver.extract({ traceparent: parent, tracestate });
    const child = receiver.tracer.startSpan('child', {}, context);
    const header = receiver.inject(under(child))['tracestate'] ?? '';
    expect(header.startsWith(`tracecourt=${idOf(child)}.1,`)).to.equal(true);
    expect(header.match(/tracecourt=/g)).to.have.length(1);
    expect(header).to.contain('vendor0=');
    expect(header.length).to.be.at.most(512);
  });

  it('leaves unsampled, suppressed and empty contexts as they are', async () => {
    const process = startProcess();
    const span = process.tracer.startSpan('work');
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, { ...span.spanContext(), traceFlags: TraceFlags.NONE });
    expect(process.inject(unsampled)).to.not.have.property('tracestate');
    expect(process.inject(suppressTracing(under(span)))).to.deep.equal({});
    expect(process.inject(ROOT_CONTEXT)).to.deep.equal({});
    span.end();
    const spans = await process.spans();
    expect(spans).to.have.length(1);
    expect(spans[0]?.attributes).to.not.have.property('tracecourt.sent');
  });

  it('writes the headers of its inner propagator and counts nothing when they are read', async () => {
    const process = startProcess();
    expect(process.fields()).to.include.members(['traceparent', 'tracestate', 'baggage']);
    process.extract({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    expect(await process.spans()).to.have.length(0);
  });
});

describe('the request id', () => {
  it('travels in baggage and stands on every span of the request, which is counted under it', async () => {
    const [sender, receiver] = [startProcess(), startProcess()];
    const context = contextWithRequestId(
      '4711',
      propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ other: { value: 'kept' } })),
    );
    const span = sender.tracer.startSpan('work', {}, context);
    const arrived = receiver.extract(sender.inject(under(span, context)));
    expect(currentRequestId(arrived)).to.equal('4711');
    expect(propagation.getBaggage(arrived)?.getEntry('other')?.value).to.equal('kept');
    const child = receiver.tracer.startSpan('child', {}, arrived);
    const other = receiver.tracer.startSpan('other trace, same request', { root: true }, arrived);
    child.setAttribute('tracecourt.request.id', 'forged');
    child.end();
    other.end();
    const spans = await receiver.spans();
    expect(spans.map(({ attributes }) => attributes['tracecourt.request.id'])).to.deep.equal(['4711', '4711']);
    expect(parseAccount(spans[1]?.attributes['tracecourt.account'])).to.include({ spans: 2 });
  });

  it('is given to what arrives with neither id nor trace, only where that was asked for', () => {
    const entry = startProcess(() => 'fresh');
    expect(currentRequestId(entry.extract({}))).to.equal('fresh');
    expect(currentRequestId(entry.extract({ baggage: 'tracecourt.request.id=theirs' }))).to.equal('theirs');
    const traced = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    expect(currentRequestId(entry.extract(traced))).to.equal(undefined);
    expect(currentRequestId(startProcess().extract({}))).to.equal(undefined);
  });
});

describe('the ledger in front of the exporter', () => {
  it('sends the account a few milliseconds after the last span, without being asked', async () => {
    const process = startProcess();
    process.tracer.startSpan('work').end();
    while (process.exported().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(process.exported()[0]?.attributes).to.have.property('tracecourt.account');
  });

  it('leaves the ended span as it was, and sends a copy', async () => {
    const process = startProcess();
    const span = process.tracer.startSpan('work', { attributes: { own: 1 } });
    span.end();
    const [sent] = await process.spans();
    expect((span as unknown as ReadableSpan).attributes).to.deep.equal({ own: 1 });
    expect(sent?.attributes).to.include({ own: 1, 'tracecourt.seq.start': 1, 'tracecourt.seq.end': 2 });
    expect(sent).to.include({ name: 'work', kind: 0, ended: true });
  });

  it('never has two exports under way: what ends meanwhile leaves together', async () => {
    const waiting: (() => void)[] = [];
    const batches: number[] = [];
    const exporter: SpanExporter = {
      export: (spans, done) => {
        batches.push(spans.length);
        waiting.push(() => done({ code: 0 }));
      },
      shutdown: async () => undefined,
    };
    const processor = createLedgerProcessor(new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000 }));
    const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
    tracer.startSpan('first').end();
    while (waiting.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let i = 0; i < 10; i += 1) tracer.startSpan(`meanwhile ${i}`).end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(batches).to.deep.equal([1]);
    waiting[0]?.();
    while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(batches).to.deep.equal([1, 10]);
  });

  it('counts sampled spans only', async () => {
    const process = startProcess();
    const remote = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
      isRemote: true,
    };
    process.tracer.startSpan('unsampled', {}, trace.setSpanContext(ROOT_CONTEXT, remote)).end();
    process.tracer.startSpan('sampled').end();
    const spans = await process.spans();
    expect(spans.map(({ name }) => name)).to.deep.equal(['sampled']);
    expect(spans[0]?.attributes['tracecourt.seq.start']).to.equal(1);
  });
});
