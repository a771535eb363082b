import { expect } from 'chai';
import { type Assembler, createAssembler } from '../../collectors/index.js';
import { toJson } from '../../src/lib/json.js';
import type { Attributes, AttributeValue, Evidence, Span, Verdict } from '../../src/model/index.js';
import { assemblerOptions } from '../../src/orchestrator/assembler-options.js';
import { OpenRequest, openEvidence } from '../../src/orchestrator/live/open-request.js';
import { awaitedNext, judgeOpen } from '../../src/validators/index.js';
import { seeded } from '../helpers/seeded.js';
import { at, batchOfSpans } from '../helpers/spans.js';
import { REQUEST, randomOpenWorld } from './open-world.js';
import { seeds } from './seeds.js';

/** PROPERTY_SYSTEMS=20000 tries so many. */
const USUAL = 800;
const TIMES = { rootQuietMs: 500, idleMs: 5_000, deadlineMs: 60_000 };

type Random = ReturnType<typeof seeded>;

describe('an open request that is read on as it grows', () => {
  it('is judged, at any moment, as all of it is from scratch', function () {
    this.timeout(600_000);
    const told: Told = { looks: 0, failed: 0, ofPart: 0, anew: 0, unchanged: 0 };
    for (const seed of seeds(900_000, USUAL)) lookAtGrowing(seeded(seed), { seed, told });
    expect(told.failed, toJson(told)).to.be.greaterThan(told.looks / 50);
    expect(told.ofPart, toJson(told)).to.be.greaterThan(told.looks / 20);
    expect(told.anew, toJson(told)).to.be.greaterThan(told.looks / 200);
    expect(told.unchanged, toJson(told)).to.be.greaterThan(told.looks / 50);
  });
});

interface Told {
  looks: number;
  failed: number;
  ofPart: number;
  anew: number;
  unchanged: number;
}

/** One request, looked at as it comes in some order: what comes between two looks is read as one. */
function lookAtGrowing(random: Random, { seed, told }: { readonly seed: number; readonly told: Told }): void {
  const { flow, spans } = randomOpenWorld(random);
  const assembler = createAssembler(assemblerOptions([flow], { ...TIMES, ...someLimit(random) }));
  const watched = { flow, book: new Map() };
  const growing = new OpenRequest(REQUEST, { watched, source: countingAnew(assembler, told) });
  let before: Evidence | undefined;
  for (const [i, batch] of arrivalsOf(spans, random).entries()) {
    assembler.add(batchOfSpans(batch), at(i / 1_000));
    if (random.below(4) === 0) continue;
    const whole = assembler.snapshot(REQUEST);
    const read = growing.read();
    expect(read?.spans, `seed ${seed}`).to.equal(whole?.spans.length);
    if (whole?.requestId !== REQUEST) continue;
    expect(read?.hasRoot).to.equal(whole.spans.some(({ parentSpanId }) => parentSpanId === undefined));
    const evidence = growing.evidence();
    const verdict = expectSame(evidence, openEvidence(whole, watched), seed);
    told.looks += 1;
    told.failed += Number(verdict.outcome === 'fail');
    told.ofPart += Number(evidence && evidence.trace.spans.length < whole.spans.length);
    told.unchanged += Number(evidence === before);
    before = evidence;
  }
}

function expectSame(evidence: Evidence | undefined, scratch: Evidence, seed: number): Verdict {
  if (!evidence) throw new Error(`seed ${seed}: nothing to judge`);
  const verdict = judgeOpen(scratch);
  expect(toJson(judgeOpen(evidence)), `seed ${seed}`).to.equal(toJson({ ...verdict, revision: 1 }));
  expect(awaitedNext(evidence), `seed ${seed}`).to.deep.equal(awaitedNext(scratch));
  return verdict;
}

/** Some spans again, some in another form, some beside another one of the same id, and at times a batch; one or two at a time. */
function arrivalsOf(spans: readonly Span[], random: Random): readonly (readonly Span[])[] {
  const sent = spans.flatMap((span) => {
    if (random.below(12) === 0) return [span, namesake(span, random)];
    return random.below(12) === 0 ? [span, fuller(span)] : [span];
  });
  if (random.below(4) === 0) sent.push(...batchFor(random.pick(spans), random));
  const shuffled = sent.map((span) => ({ span, rank: random.next() })).sort((a, b) => a.rank - b.rank);
  const batches: Span[][] = [];
  for (const { span } of shuffled) {
    const last = batches.at(-1);
    if (last && random.below(3) === 0) last.push(span);
    else batches.push([span]);
  }
  return batches;
}

/** Another span of the same id, in a trace of its own. */
function namesake(span: Span, random: Random): Span {
  return {
    ...span,
    traceId: `${span.traceId}-again`,
    parentSpanId: random.pick([span.parentSpanId, undefined, 's0']),
    startUnixNano: span.startUnixNano + BigInt(random.below(3) - 1) * 40_000_000n,
    attributes: withAttributes(span, random.pick([{}, { 'tracecourt.step': 'no step' }])),
  };
}

/** Work on a message of the request, and on one of another request, in one trace that names neither. */
function batchFor(sender: Span, random: Random): readonly Span[] {
  const label = random.below(3) === 0 ? { 'tracecourt.request.id': REQUEST } : {};
  const worker = (spanId: string, linked: string, step: string): Span => ({
    ...sender,
    traceId: 'batch',
    spanId,
    parentSpanId: 'poll',
    kind: 'consumer',
    links: [{ traceId: sender.traceId, spanId: linked, traceState: '', attributes: withAttributes(undefined, {}) }],
    attributes: withAttributes(undefined, { 'tracecourt.step': step }),
  });
  const poll = { ...sender, traceId: 'batch', spanId: 'poll', parentSpanId: undefined, links: [] };
  const [ours, others] = [worker('ours', sender.spanId, random.pick(['x', 'a'])), worker('others', 'far', 'b')];
  const below = { ...others, spanId: 'below', parentSpanId: 'others', links: [], kind: 'internal' as const };
  const scenery = { ...poll, kind: 'internal' as const, attributes: withAttributes(undefined, {}) };
  return [
    scenery,
    ours,
    others,
    { ...below, attributes: withAttributes(undefined, { 'tracecourt.step': 'c', ...label }) },
    { ...scenery, spanId: 'beside', parentSpanId: 'poll', attributes: withAttributes(undefined, label) },
  ];
}

function fuller(span: Span): Span {
  return { ...span, attributes: withAttributes(span, { more: 1 }) };
}

function withAttributes(span: Span | undefined, added: Readonly<Record<string, AttributeValue>>): Attributes {
  const all = new Map([...(span?.attributes.entries() ?? []), ...Object.entries(added)]);
  return { get: (key) => all.get(key), entries: () => all };
}

function someLimit(random: Random): { readonly maxSpans?: number } {
  return random.below(15) === 0 ? { maxSpans: 2 + random.below(4) } : {};
}

function countingAnew(assembler: Assembler, told: { anew: number }): Pick<Assembler, 'snapshot' | 'growth'> {
  return {
    snapshot: (requestId) => assembler.snapshot(requestId),
    growth: (requestId, mark) => {
      const growth = assembler.growth(requestId, mark);
      if (mark && growth?.isAnew) told.anew += 1;
      return growth;
    },
  };
}
