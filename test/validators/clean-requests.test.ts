import { expect } from 'chai';
import type { CompiledFlow, StoredRecord, WorkflowTrace } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import { evidenceOf, type SpanLine, traceOf } from '../helpers/evidence.js';
import { entry, evaluate, gpuFlow, LEASES, lease, message, node } from '../helpers/gpu-request.js';
import { seeded } from '../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

const REQUESTS = Number(process.env['TRACECOURT_CLEAN_REQUESTS'] ?? 10_000);
const VERSIONS = [
  {
    name: 'context',
    writtenBy: ['graph-write', 'cache-write'],
    readBy: ['event-handled'],
    version: 'output',
    key: undefined,
  },
];
const FLOW: CompiledFlow = { ...gpuFlow, leases: LEASES, versions: VERSIONS };
const RECORDS = { 'graph-write': [node], 'cache-write': [entry], 'event-publish': [message(7)] };
const SECOND = 1_000;

/** Grants of one GPU, one after the other; in a quarter of the requests told by clocks that are up to half a second off. */
function honestGrants(random: Random): readonly StoredRecord[] {
  const own = random.below(4);
  const isSkewed = random.below(4) === 0;
  let now = 10 * SECOND;
  const read = (): number => (isSkewed ? now + random.below(SECOND) - SECOND / 2 : now);
  return Array.from({ length: 4 }, (_, i) => {
    const since = read();
    now += 5 * SECOND + random.below(5 * SECOND);
    return lease(i === own ? 'd1' : `other-${i}`, since, read());
  });
}

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
  add('w', 'allocator', now, written, { parent: 'as', ...step('graph-write', { output: 2 }) });
  now = written + 0.05;
  const cached = now + delay(3) + 0.1 + delay(10);
  add('k', 'allocator', cached - 0.1, cached, { parent: 'as', ...step('cache-write', { output: 2 }) });
  const published = now + 1 + delay(10);
  add('p', 'allocator', now, published, { parent: 'as', ...step('event-publish') });
  add('pc', 'allocator', now + 0.2, published - 0.1, { parent: 'p', kind: 'producer' });
  const handled = now + 0.5 + delay(30);
  add('nh', 'notifier', handled, handled + delay(30), {
    parent: 'pc',
    kind: 'consumer',
    from: 'pc.1',
    ...step('event-handled', { output: 2 + random.below(2) }),
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
    this.timeout(10_800_000);
    let passed = 0;
    for (let seed = 1; seed <= REQUESTS; seed++) {
      const random = seeded(seed);
      const verdict = judge(
        evidenceOf(FLOW, honestTrace(random), { ...RECORDS, 'lease gpu': honestGrants(random) }),
        evaluate,
      );
      if (verdict.findings.length > 0) expect.fail(`seed ${seed}: ${JSON.stringify(verdict.findings)}`);
      for (const reason of verdict.reasons) {
        if (reason.code !== 'undecided' || !['budget', 'effect'].includes(reason.about))
          expect.fail(`seed ${seed}: ${JSON.stringify(reason)}`);
      }
      if (verdict.outcome === 'pass') passed++;
    }
    expect(passed).to.be.greaterThan(REQUESTS / 2);
  });
});
