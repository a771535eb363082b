import { expect } from 'chai';
import fc from 'fast-check';
import { createAssembler, plainSpan } from '../../../collectors/index.js';
import { toJson } from '../../../src/lib/json.js';
import type { AssembledRequest, Span } from '../../../src/model/index.js';
import { randomWorld } from '../../helpers/random-world.js';
import { seeded } from '../../helpers/seeded.js';
import { at, batchOfSpans, buildSpan, spanIdOf, ToyProcess, traceIdOf } from '../../helpers/spans.js';

const TRACE = traceIdOf('load driver');

/** Two processes' exports of a request of four spans, the called one's first. */
function smallRequest(requestId: string): readonly (readonly Span[])[] {
  const web = new ToyProcess('web', { requestId, traceId: TRACE });
  const orders = new ToyProcess('orders', { requestId, traceId: TRACE });
  const call = web.start('call', { under: web.start('root'), kind: 'client' });
  orders.start('insert', { under: orders.receive(web.send(call), 'handle', { kind: 'server' }) });
  return [orders.endPeriod(), web.endPeriod()];
}

function idsOf(spans: readonly Span[]): readonly string[] {
  return spans.map(({ spanId }) => spanId).sort();
}

describe('an assembler: many requests on one trace', () => {
  it('proves each of 3,000 complete, with exactly its own spans', () => {
    const requests = Array.from({ length: 3_000 }, (_, i) => smallRequest(`r-${i}`));
    const assembler = createAssembler();
    for (const half of [0, 1]) for (const exports of requests) assembler.add(batchOfSpans(exports[half]!), at(0));
    const spoken = assembler.takeDue(at(0));
    expect(spoken).to.have.length(3_000);
    for (const { requestId, completedBy, spans } of spoken) {
      const own = requests[Number(requestId.slice(2))]!.flat();
      expect(completedBy, requestId).to.equal('accounted');
      expect(idsOf(spans), requestId).to.deep.equal(idsOf(own));
    }
  });

  it('is not held open by another request of the trace', () => {
    const assembler = createAssembler();
    const [whole, half] = ['r-1', 'r-2'].map(smallRequest);
    for (const spans of [half![1]!, ...whole!]) assembler.add(batchOfSpans(spans), at(0));
    expect(assembler.takeDue(at(0)).map(({ requestId }) => requestId)).to.deep.equal(['r-1']);
    assembler.add(batchOfSpans(half![0]!), at(1));
    expect(assembler.takeDue(at(1)).map(({ requestId }) => requestId)).to.deep.equal(['r-2']);
  });

  it('gives what carries no request id to every request of its trace, and no longer to itself', () => {
    const assembler = createAssembler();
    const plain = buildSpan({ name: 'plain', traceId: TRACE, startMs: 9 });
    assembler.add(batchOfSpans([plain]), at(0));
    expect(assembler.list().map(({ requestId }) => requestId)).to.deep.equal([TRACE]);
    for (const id of ['r-1', 'r-2']) for (const spans of smallRequest(id)) assembler.add(batchOfSpans(spans), at(0));
    expect(assembler.list().map(({ requestId, spans }) => [requestId, spans])).to.deep.equal([
      ['r-1', 5],
      ['r-2', 5],
    ]);
  });

  it('proves a request by the last span of another one that it handed on to, over two steps', () => {
    const chain = ['r-1', 'r-2', 'r-3'].map((requestId) => new ToyProcess(requestId, { requestId, traceId: TRACE }));
    let header = chain[0]!.send(chain[0]!.start('root'));
    for (const process of chain.slice(1)) header = process.send(process.receive(header, 'handle', { kind: 'server' }));
    const end = new ToyProcess('end', { requestId: 'r-4', traceId: TRACE });
    end.receive(header, 'end', { kind: 'server' });
    const assembler = createAssembler();
    for (const process of chain) assembler.add(batchOfSpans(process.endPeriod()), at(0));
    expect(assembler.takeDue(at(0))).to.deep.equal([]);
    assembler.add(batchOfSpans(end.endPeriod()), at(1));
    const [request] = assembler.takeDue(at(1));
    expect(request).to.include({ requestId: 'r-1', completedBy: 'accounted' });
    expect(request!.spans).to.have.length(1);
  });
});

describe('an assembler: one request in many arrivals', () => {
  it('is proven by the last of them, and not before', () => {
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const root = web.start('root');
    for (let i = 1; i < 5_000; i++) web.start('step', { under: root, startMs: i });
    const spans = web.endPeriod();
    const assembler = createAssembler();
    for (let i = 0; i < spans.length; i += 10) {
      expect(assembler.takeDue(at(0))).to.deep.equal([]);
      assembler.add(batchOfSpans(spans.slice(i, i + 10)), at(0));
    }
    const [request] = assembler.takeDue(at(0));
    expect(request).to.include({ completedBy: 'accounted' });
    expect(idsOf(request!.spans)).to.deep.equal(idsOf(spans));
  });
});

describe('an assembler: one span in several forms', () => {
  const short = buildSpan({ name: 'root', attributes: { 'tracecourt.request.id': 'r-1' } });
  const long = {
    ...buildSpan({ name: 'root', attributes: { 'tracecourt.request.id': 'r-1', extra: 1, more: 2 } }),
    spanId: short.spanId,
  };
  const counted = {
    ...buildSpan({
      name: 'root',
      attributes: { 'tracecourt.request.id': 'r-1', 'tracecourt.account': `1.0.${short.spanId}` },
    }),
    spanId: short.spanId,
  };
  const other = { ...short, name: 'other' };

  it('keeps the same one whatever came first: with an account, else with most attributes', () => {
    for (const [one, two, kept] of [
      [short, long, long],
      [long, counted, counted],
      [short, other, other],
    ] as const) {
      for (const order of [
        [one, two],
        [two, one],
      ]) {
        const assembler = createAssembler();
        for (const span of order) assembler.add(batchOfSpans([span]), at(0));
        expect(plainSpan(assembler.snapshot('r-1')!.spans[0]!)).to.deep.equal(plainSpan(kept));
        expect(assembler.snapshot('r-1')!.spans).to.have.length(1);
      }
    }
  });

  it('makes a fuller form that comes late the next revision, which names the span', () => {
    const assembler = createAssembler();
    assembler.add(batchOfSpans([short]), at(0));
    expect(assembler.takeDue(at(500))).to.have.length(1);
    assembler.add(batchOfSpans([short]), at(600));
    expect(assembler.snapshot('r-1')!.completionStatus, 'the same again').to.equal('complete');
    assembler.add(batchOfSpans([counted]), at(700));
    const [request] = assembler.takeDue(at(700));
    expect(request).to.include({ revision: 2, completedBy: 'accounted' });
    expect(request!.lateSpanIds).to.deep.equal([short.spanId]);
  });

  it('moves a span whose fuller form belongs to another request', () => {
    const moved = { ...long, attributes: buildSpan({ attributes: { a: 1, b: 2, c: 3 } }).attributes };
    for (const order of [
      [short, moved],
      [moved, short],
    ]) {
      const assembler = createAssembler();
      for (const span of order) assembler.add(batchOfSpans([span]), at(0));
      expect(assembler.list().map(({ requestId, spans }) => [requestId, spans])).to.deep.equal([[short.traceId, 1]]);
    }
  });
});

describe('an assembler: a span that leaves a request', () => {
  /** A form of the span that says more, with another request id. */
  function movedTo(requestId: string, span: Span): Span {
    const { attributes } = buildSpan({ attributes: { 'tracecourt.request.id': requestId, fuller: 1, still: 2 } });
    return { ...span, attributes };
  }

  it('makes a revision of the request whose unit it was in', () => {
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const root = web.start('root');
    const step = web.start('step', { under: root }).spanId;
    web.start('last', { under: root });
    const spans = web.endPeriod();
    const assembler = createAssembler();
    assembler.add(batchOfSpans(spans), at(0));
    expect(assembler.takeDue(at(0))[0]).to.include({ requestId: 'r-1', revision: 1, completedBy: 'accounted' });
    assembler.add(batchOfSpans([movedTo('r-2', spans.find(({ spanId }) => spanId === step)!)]), at(1));
    expect(assembler.snapshot('r-1')).to.include({ revision: 2, completionStatus: 'open' });
    expect(assembler.snapshot('r-1')!.spans.map(({ name }) => name)).to.have.members(['root', 'last']);
  });

  it('makes a revision of the request that another one shared it with', () => {
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const header = web.send(web.start('root'));
    const batcher = new ToyProcess('batcher', { requestId: 'r-2', traceId: TRACE });
    const below = batcher.start('below', { under: batcher.consume([header], 'process') }).spanId;
    batcher.start('aside');
    const shared = batcher.endPeriod();
    const assembler = createAssembler();
    assembler.add(batchOfSpans([...web.endPeriod(), ...shared]), at(0));
    const said = assembler.takeDue(at(0)).find(({ requestId }) => requestId === 'r-1');
    expect(said!.spans.map(({ name }) => name)).to.have.members(['root', 'process', 'below']);
    assembler.add(batchOfSpans([movedTo('r-3', shared.find(({ spanId }) => spanId === below)!)]), at(1));
    expect(assembler.snapshot('r-1')).to.include({ revision: 2, completionStatus: 'open' });
    expect(assembler.snapshot('r-1')!.spans.map(({ name }) => name)).to.have.members(['root', 'process']);
  });
});

describe('an assembler: a batch that comes before the request it works for', () => {
  it('leaves the request its declared origin when it becomes part of it', () => {
    const origin = spanIdOf('curl');
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const serve = web.receive({ traceId: traceIdOf('r-1'), spanId: origin, traceState: '' }, 'serve');
    const header = web.send(web.start('publish', { under: serve }));
    const batcher = new ToyProcess('batcher', { traceId: TRACE });
    batcher.consume([header], 'process');
    const assembler = createAssembler();
    assembler.declareOrigin({ requestId: 'r-1', parentSpanId: origin, sends: 1 });
    for (const process of [batcher, web]) assembler.add(batchOfSpans(process.endPeriod()), at(0));
    const [request] = assembler.takeDue(at(0));
    expect(request).to.include({ requestId: 'r-1', completedBy: 'accounted' });
    expect(request!.accounting.missingParents).to.deep.equal([]);
  });
});

describe('an assembler: random worlds', () => {
  it('gives the same whatever the order, the batches and the repetitions', () => {
    fc.assert(
      fc.property(randomWorld(), fc.nat(), fc.integer({ min: 1, max: 4 }), (spans, seed, size) => {
        const chance = seeded(seed);
        const ranks = new Map(spans.map((span) => [span, chance.next()]));
        const shuffled = [...spans].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
        expect(held([...shuffled, ...shuffled.slice(0, 3)], size)).to.deep.equal(held(spans, spans.length));
      }),
      { numRuns: 1_000 },
    );
  });

  /** What is known of each request, and what it would be completed by. */
  function held(spans: readonly Span[], size: number): readonly string[] {
    const assembler = createAssembler({ correlation: ['decision.id'] });
    for (let i = 0; i < spans.length; i += size) assembler.add(batchOfSpans(spans.slice(i, i + size)), at(0));
    return assembler.takeDue(at(100_000)).map(asText).sort();
  }

  function asText(request: AssembledRequest): string {
    return toJson({ ...request, spans: request.spans.map(plainSpan) });
  }
});
