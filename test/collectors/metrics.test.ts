import { expect } from 'chai';
import fc from 'fast-check';
import { type Collector, createAssembler, startCollector, toOtlpJson } from '../../collectors/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import { toJson } from '../../src/lib/json.js';
import type { Span } from '../../src/model/index.js';
import { parseMetrics, readingOf, type Series, sumOf } from '../helpers/metrics-text.js';
import { at, batchOfSpans, buildSpan, ToyProcess, traceIdOf } from '../helpers/spans.js';

async function post(collector: Collector, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${collector.address}/v1/traces`, { method: 'POST', headers, body })).status;
}

const exportOf = (spans: readonly Span[]) => toJson(toOtlpJson(spans));

async function scrape(collector: Collector): Promise<readonly Series[]> {
  const response = await fetch(`${collector.address}/metrics`);
  expect(response.status).to.equal(200);
  expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
  return parseMetrics(await response.text());
}

/** Every span received is refused, repeated, held or let go. */
function expectToAddUp(series: readonly Series[]): void {
  expect(sumOf(series, 'tracecourt_spans_received_total')).to.equal(
    sumOf(series, 'tracecourt_spans_refused_total') +
      readingOf(series, 'tracecourt_spans_repeated_total') +
      readingOf(series, 'tracecourt_spans_held') +
      readingOf(series, 'tracecourt_spans_let_go_total'),
  );
}

function accountedRequest(requestId: string): readonly Span[] {
  const process = new ToyProcess('web', { requestId, traceId: traceIdOf(requestId) });
  process.start('root');
  return process.endPeriod();
}

describe("a collector's metrics", () => {
  it('count exports, bytes and spans, and what became of them', async () => {
    await using collector = await startCollector({
      http: { maxBodyBytes: 10_000 },
      assembler: { maxHeldSpans: 6, rootQuietMs: 10_000 },
    });
    const spans = ['a', 'b', 'c'].map((name) => buildSpan({ name }));
    const good = exportOf(spans);
    const invalid = exportOf([buildSpan({ name: 'd' }), buildSpan({ name: 'e', spanId: '0'.repeat(16) })]);
    const many = exportOf(['f', 'g', 'h'].map((name) => buildSpan({ name })));
    const statuses = [];
    for (const body of [good, good, invalid, many, 'no JSON', 'x'.repeat(20_000)]) {
      statuses.push(await post(collector, body));
    }
    expect(statuses).to.deep.equal([200, 200, 200, 503, 400, 413]);

    const series = await scrape(collector);
    const source = { source: 'otlp-http' };
    expect(readingOf(series, 'tracecourt_exports_total', { ...source, status: '200' })).to.equal(3);
    for (const status of ['400', '413', '503']) {
      expect(readingOf(series, 'tracecourt_exports_total', { ...source, status }), status).to.equal(1);
    }
    expect(readingOf(series, 'tracecourt_received_bytes_total', source)).to.equal(
      [good, good, invalid, many, 'no JSON'].join('').length,
    );
    expect(readingOf(series, 'tracecourt_spans_received_total', source)).to.equal(11);
    expect(readingOf(series, 'tracecourt_spans_refused_total', { ...source, reason: 'invalid' })).to.equal(1);
    expect(readingOf(series, 'tracecourt_spans_refused_total', { ...source, reason: 'busy' })).to.equal(3);
    expect(readingOf(series, 'tracecourt_spans_repeated_total')).to.equal(3);
    expect(readingOf(series, 'tracecourt_spans_held')).to.equal(4);
    expectToAddUp(series);
  });

  it('count open requests, and completions by their reason', async () => {
    await using collector = await startCollector({ assembler: { rootQuietMs: 60_000, idleMs: 60_000 } });
    await post(collector, exportOf(accountedRequest('r-1')));
    await post(collector, exportOf(accountedRequest('r-2')));
    await post(collector, exportOf([buildSpan({ name: 'without an account' })]));
    const series = await pollUntil(
      async () => {
        const all = await scrape(collector);
        return sumOf(all, 'tracecourt_requests_completed_total') === 2 ? all : undefined;
      },
      { timeoutMs: 30_000, everyMs: 10 },
    );
    if (!series) throw new Error('the requests were not completed');
    const completed = (completed_by: string, revision: string) =>
      readingOf(series, 'tracecourt_requests_completed_total', { completed_by, revision });
    expect(completed('accounted', 'first')).to.equal(2);
    expect(completed('root-quiet', 'first')).to.equal(0);
    expect(completed('accounted', 'later')).to.equal(0);
    expect(readingOf(series, 'tracecourt_requests_open')).to.equal(1);
    expect(readingOf(series, 'tracecourt_requests_held')).to.equal(3);
  });

  it('are joined by those of whoever runs the collector, and can only be read', async () => {
    const further = { name: 'cases_total', help: 'Cases.', type: 'counter', samples: [{ value: 7 }] } as const;
    await using collector = await startCollector({ metrics: () => [further] });
    expect(readingOf(await scrape(collector), 'cases_total')).to.equal(7);
    expect((await fetch(`${collector.address}/metrics`, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(`${collector.address}/metrics?name[]=a`)).status).to.equal(200);
  });

  it('add up in an assembler whatever comes, comes again, is completed and let go', () => {
    const step = fc.record({
      spans: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }),
      attributes: fc.nat(2),
      afterMs: fc.nat(900),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const assembler = createAssembler({ rootQuietMs: 200, idleMs: 400, deadlineMs: 1_000, retentionMs: 500 });
        let now = 0;
        let added = 0;
        let spoken = 0;
        for (const { spans, attributes, afterMs } of steps) {
          now += afterMs;
          spoken += assembler.takeDue(at(now)).length;
          const batch = spans.map((n) =>
            buildSpan({
              name: `span-${n}`,
              traceId: traceIdOf(`trace-${n % 5}`),
              attributes: Object.fromEntries(Array.from({ length: attributes }, (_, i) => [`a${i}`, n])),
            }),
          );
          assembler.add(batchOfSpans(batch), at(now), 100);
          added += batch.length;
          const counts = assembler.counts();
          expect(counts.spansRepeated + counts.spansHeld + counts.spansLetGo).to.equal(added);
          expect(counts.requestsOpen).to.equal(
            assembler.list().filter(({ completionStatus }) => completionStatus === 'open').length,
          );
          const words = Object.values(counts.completed).reduce((sum, { first, later }) => sum + first + later, 0);
          expect(words).to.equal(spoken);
          expect(counts.bytesHeld > 0).to.equal(counts.spansHeld > 0);
        }
        now += 10_000;
        assembler.takeDue(at(now));
        now += 10_000;
        assembler.add(batchOfSpans([]), at(now));
        expect(assembler.counts()).to.include({ spansHeld: 0, bytesHeld: 0, requestsHeld: 0, requestsOpen: 0 });
      }),
    );
  });
});
