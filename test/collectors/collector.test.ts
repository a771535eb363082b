import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { startCollector } from '../../collectors/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { AssembledRequest } from '../../src/model/index.js';

describe('a collector that a real exporter sends to', () => {
  it('assembles the trace and answers for it over HTTP', async () => {
    const completed: AssembledRequest[] = [];
    await using collector = await startCollector({
      assembler: { rootQuietMs: 20 },
      onCompleted: (request) => completed.push(request),
    });
    const exporter = new OTLPTraceExporter({ url: `${collector.address}/v1/traces` });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('test');
    const root = tracer.startSpan('order', { attributes: { 'tracecourt.request.id': 'r-1' } });
    const inner = trace.setSpan(context.active(), root);
    tracer
      .startSpan('write', { attributes: { 'tracecourt.request.id': 'r-1', 'tracecourt.step': 'write' } }, inner)
      .end();
    root.end();
    await provider.shutdown();

    const first = await pollUntil(async () => completed[0], { timeoutMs: 5_000, everyMs: 10 });
    expect(first?.requestId).to.equal('r-1');
    expect(first?.completedBy).to.equal('root-quiet');
    expect(first?.spans.map(({ name }) => name)).to.have.members(['order', 'write']);

    const answer = await fetch(`${collector.address}/api/requests/r-1`);
    const body = (await answer.json()) as { steps: { stepName: string; component: string }[] };
    expect(body.steps).to.have.length(1);
    expect(body.steps[0]).to.include({ stepName: 'write', component: 'shop' });
  });
});
