/**
 * How long after its decisive span has left its process a request is said to fail, while it is open: through a real collector over HTTP, in this process.
 *
 *   npm run build && node build/bench/early-failure.js [--requests 100]
 *
 * A request is 20 steps in one line, of which the last but one happened before all others, and scenery below them. All of it is sent but the span of that step; then that one
 * is. The time is from there to the event. Spans of others come meanwhile, 50 requests a second, and are looked at too. The machine's other work is in the figures: look at medians.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createAssembler, startCollector, toOtlpJson } from '../collectors/index.js';
import type { CompiledFlow, Span } from '../src/model/index.js';
import { OpenRequest } from '../src/orchestrator/live/open-request.js';
import { watchOpen } from '../src/orchestrator/live/watch-open.js';
import { judgeOpen } from '../src/validators/index.js';
import { flowOf, seq, traceOf } from '../test/helpers/evidence.js';
import { at, batchOfSpans, traceIdOf } from '../test/helpers/spans.js';
import { benchOptions, howMany } from './bench-options.js';

const STEPS = Array.from({ length: 20 }, (_, i) => `step-${i}`);
const FLOW: CompiledFlow = flowOf(seq(...STEPS));
const TOO_EARLY = STEPS.length - 2;

const values = benchOptions('node build/bench/early-failure.js [--requests 100]', {
  requests: { type: 'string', default: '100' },
});
const wanted = howMany(values.requests, 'requests');

console.log('| spans | requests | one look | decisive span → said, p50 | p99 | max |');
console.log('| --: | --: | --: | --: | --: | --: |');
for (const size of [21, 100, 1_000, 10_000]) {
  const requests = Math.max(5, Math.round(wanted / Math.ceil(size / 1_000)));
  const waits = await measure(size, requests);
  const figures = [lookMs(size), percentile(waits, 0.5), percentile(waits, 0.99), Math.max(...waits)];
  console.log(`| ${[size, requests, ...figures.map((ms) => `${ms.toFixed(1)} ms`)].join(' | ')} |`);
}

function spansOf(requestId: string, size: number): readonly Span[] {
  const labelled = { 'tracecourt.request.id': requestId };
  const lines = [
    { id: 'root', service: 'web', instance: 'web-1', startMs: 0, endMs: 1_000, attributes: labelled },
  ].concat(
    STEPS.map((step, i) => ({
      id: step,
      service: 'shop',
      instance: 'shop-1',
      parent: 'root',
      startMs: i === TOO_EARLY ? 1 : 10 * (i + 1),
      endMs: i === TOO_EARLY ? 2 : 10 * (i + 1) + 5,
      attributes: { ...labelled, 'tracecourt.step': step },
    })),
    Array.from({ length: size - STEPS.length - 1 }, (_, i) => ({
      id: `s${i}`,
      service: 'shop',
      instance: 'shop-1',
      parent: STEPS[i % STEPS.length] ?? '',
      startMs: 10 * ((i % STEPS.length) + 1),
      endMs: 10 * ((i % STEPS.length) + 1) + 1,
      attributes: labelled,
    })),
  );
  const { spans } = traceOf(lines, { stamped: true });
  const hex = (id: string): string => traceIdOf(`${requestId} ${id}`).slice(0, 16);
  return spans.map((span) => ({
    ...span,
    traceId: traceIdOf(requestId),
    spanId: hex(span.spanId),
    parentSpanId: span.parentSpanId === undefined ? undefined : hex(span.parentSpanId),
  }));
}

/** What the look costs that finds it, at best: nothing else in the way, and what came before was looked at as it came. */
function lookMs(size: number): number {
  const spans = spansOf('r', size);
  const times = Array.from({ length: 9 }, () => {
    const assembler = createAssembler({ maxSpans: 100_000, rootQuietMs: 60_000 });
    const request = new OpenRequest('r', { watched: { flow: FLOW, book: new Map() }, source: assembler });
    const look = (outcome: string): void => {
      request.read();
      const evidence = request.evidence();
      if (!evidence || judgeOpen(evidence).outcome !== outcome) throw new Error('a figure counts only if it is true');
    };
    assembler.add(batchOfSpans(spans.filter((span) => !isDecisive(span))), at(1));
    look('unknown');
    assembler.add(batchOfSpans(spans.filter(isDecisive)), at(2));
    const startedAt = performance.now();
    look('fail');
    return performance.now() - startedAt;
  });
  return percentile(times, 0.5);
}

function isDecisive({ attributes }: Span): boolean {
  return attributes.get('tracecourt.step') === STEPS[TOO_EARLY];
}

async function measure(size: number, requests: number): Promise<readonly number[]> {
  const said = new Map<string, () => void>();
  using watch = watchOpen({
    snapshot: (requestId) => collector.snapshot(requestId),
    growth: (requestId, mark) => collector.growth(requestId, mark),
    emit: (event) => void (event.type === 'failed-early' && said.get(event.requestId)?.()),
  });
  await using collector = await startCollector({
    onNews: (ids) => watch.news(ids),
    assembler: { maxSpans: 100_000, rootQuietMs: 60_000 },
  });
  const send = async (spans: readonly Span[]): Promise<void> => {
    const body = JSON.stringify(toOtlpJson(spans));
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${collector.address}/v1/traces`, { method: 'POST', headers, body });
    if (status !== 200) throw new Error(`answered ${status}`);
  };
  const follow = (requestId: string): void => watch.watch(requestId, { flow: FLOW, book: new Map() });
  let isOver = false;
  const others = (async () => {
    for (let i = 0; !isOver; i++) {
      follow(`other-${i}`);
      await send(spansOf(`other-${i}`, 21).filter((_, place) => place % 2 === 0));
      if (i > 100) watch.leave(`other-${i - 100}`);
      await delay(20);
    }
  })();
  const waits: number[] = [];
  for (let i = 0; i < requests; i++) {
    const requestId = `r-${i}`;
    const spans = spansOf(requestId, size);
    follow(requestId);
    // A process exports what it has every few milliseconds; a large request comes in pieces.
    const before = spans.filter((span) => !isDecisive(span));
    for (let at = 0; at < before.length; at += 500) await send(before.slice(at, at + 500));
    await delay(200);
    const heard = new Promise<void>((resolve) => said.set(requestId, resolve));
    const sentAt = performance.now();
    await send(spans.filter(isDecisive));
    await heard;
    waits.push(performance.now() - sentAt);
    watch.leave(requestId);
  }
  isOver = true;
  await others;
  return waits;
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
