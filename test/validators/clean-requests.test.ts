import { expect } from 'chai';
import type { WorkflowTrace } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import { type SpanLine, traceOf } from '../helpers/evidence.js';
import { evaluate, gpuRequest } from '../helpers/gpu-request.js';
import { seeded } from '../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

const REQUESTS = Number(process.env['TRACECOURT_CLEAN_REQUESTS'] ?? 10_000);
const BASE = gpuRequest();

/** One honest run of the reference system, with delays of its own: what is concurrent overlaps as it will. */
function honestLines(random: Random): readonly SpanLine[] {
  const lines: SpanLine[] = [];
  const delay = (max: number): number => random.below(max * 1_000) / 1_000;
  const add = (id: string, service: string, startMs: number, endMs: number, rest: Partial<SpanLine> = {}): void => {
    lines.push({ id, service, instance: `${service}-1`, startMs, endMs, attributes: {}, ...rest });
  };
  const step = (name: string, more = {}): Partial<SpanLine> => ({ attributes: { 'tracecourt.step': name, ...more } });
  const answered = { 'http.response.status_code': 200 };
  let now = 3 + delay(3);
  const allocated = now + delay(20);
  add('a', 'allocator', now, allocated, { parent: 'as', ...step('allocation') });
  const votes = Array.from({ length: 5 }, (_, i) => {
    const start = allocated + 0.01 + delay(2);
    const end = start + 1 + delay(40);
    const vote = i < 3 + random.below(3) ? 'approve' : 'reject';
    add(`v${i}`, 'allocator', start, end, {
      parent: 'as',
      ...step('council-vote', { 'gpu.vote': i < 3 ? 'approve' : vote, 'gpu.voter': `m${i}` }),
    });
    add(`vc${i}`, 'allocator', start + 0.1, end - 0.1, { parent: `v${i}`, kind: 'client', attributes: answered });
    add(`cs${i}`, 'council', start + 0.3, end - 0.3 + delay(1), { parent: `vc${i}`, kind: 'server', from: `vc${i}.1` });
    return end;
  });
  now = Math.max(...votes) + 0.05 + delay(2);
  const written = now + 0.2 + delay(20);
  add('w', 'allocator', now, written, { parent: 'as', ...step('graph-write') });
  now = written + 0.05;
  const cached = now + delay(3) + 0.1 + delay(10);
  add('k', 'allocator', cached - 0.1, cached, { parent: 'as', ...step('cache-write') });
  const published = now + 1 + delay(10);
  add('p', 'allocator', now, published, { parent: 'as', ...step('event-publish') });
  add('pc', 'allocator', now + 0.2, published - 0.1, { parent: 'p', kind: 'producer' });
  const handled = now + 0.5 + delay(30);
  add('nh', 'notifier', handled, handled + delay(30), {
    parent: 'pc',
    kind: 'consumer',
    from: 'pc.1',
    ...step('event-handled'),
  });
  const end = Math.max(cached, published) + 0.5;
  add('as', 'allocator', 2, end, { parent: 'gc', kind: 'server', from: 'gc.1' });
  add('gc', 'gateway', 1, end + 0.5, { parent: 'g', kind: 'client', attributes: answered });
  add('g', 'gateway', 0, end + 1, { kind: 'server' });
  return lines;
}

function honestTrace(random: Random): WorkflowTrace {
  const skewed = ['gateway', 'allocator', 'council', 'notifier'].map((service) => [
    service,
    random.below(1_000_000) / 1_000 - 500,
  ]);
  return traceOf(honestLines(random), {
    skewMs: Object.fromEntries(skewed) as Record<string, number>,
    stamped: random.below(2) === 0,
    wholeMs: random.below(2) === 0,
  });
}

describe('honest requests', () => {
  it(`${REQUESTS} concurrent ones with up to 500 ms of skew raise no alarm`, function () {
    this.timeout(120_000);
    let passed = 0;
    for (let seed = 1; seed <= REQUESTS; seed++) {
      const verdict = judge({ ...BASE, trace: honestTrace(seeded(seed)) }, evaluate);
      if (verdict.findings.length > 0) expect.fail(`seed ${seed}: ${JSON.stringify(verdict.findings)}`);
      for (const reason of verdict.reasons) {
        if (reason.code !== 'undecided' || reason.about !== 'budget')
          expect.fail(`seed ${seed}: ${JSON.stringify(reason)}`);
      }
      if (verdict.outcome === 'pass') passed++;
    }
    expect(passed).to.be.greaterThan(REQUESTS / 2);
  });
});
