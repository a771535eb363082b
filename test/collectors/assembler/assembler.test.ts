import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Assembler, type AssemblerOptions, createAssembler, plainSpan } from '../../../collectors/index.js';
import { toJson } from '../../../src/lib/json.js';
import type { AssembledRequest, Span } from '../../../src/model/index.js';
import { at, batchOfSpans, buildSpan, spanIdOf, ToyProcess, traceIdOf } from '../../helpers/spans.js';

/** A request of two processes, in the order web, orders. */
function twoProcesses(requestId = 'r-1'): { readonly web: Span[]; readonly orders: Span[] } {
  const traceId = traceIdOf(requestId);
  const web = new ToyProcess('web', { requestId, traceId });
  const orders = new ToyProcess('orders', { requestId, traceId });
  const root = web.start('root', { kind: 'server' });
  const call = web.start('call', { under: root, kind: 'client', attributes: { 'peer.service': 'orders' } });
  const handle = orders.receive(web.send(call), 'handle', { kind: 'server', startMs: 1 });
  orders.start('insert', { under: handle, startMs: 2 });
  return { web: web.endPeriod(), orders: orders.endPeriod() };
}

function assemblerWith(options: AssemblerOptions = {}): Assembler {
  return createAssembler(options);
}

function add(assembler: Assembler, spans: readonly Span[], ms: number): void {
  assembler.add(batchOfSpans(spans), at(ms));
}

function named(spans: readonly Span[]): readonly string[] {
  return spans.map(({ name }) => name);
}

describe('an assembler: completion', () => {
  it('says accounted at the last arrival, without waiting', () => {
    const { web, orders } = twoProcesses();
    const assembler = assemblerWith();
    add(assembler, orders, 0);
    expect(assembler.takeDue(at(0))).to.deep.equal([]);
    add(assembler, web, 1);
    const [request] = assembler.takeDue(at(1));
    expect(request).to.include({
      requestId: 'r-1',
      revision: 1,
      completionStatus: 'complete',
      completedBy: 'accounted',
    });
    expect(named(request!.spans)).to.have.members(['root', 'call', 'handle', 'insert']);
    expect(request!.accounting.unsettled).to.deep.equal([]);
    expect(request!.lateSpanIds).to.deep.equal([]);
    expect(assembler.nextDue()).to.equal(undefined);
  });

  it('calls a request root-quiet when only a receipt is missing, and names the hand-off', () => {
    const assembler = assemblerWith();
    const { web } = twoProcesses();
    add(assembler, web, 0);
    expect(assembler.nextDue()).to.equal(at(500));
    expect(assembler.takeDue(at(499))).to.deep.equal([]);
    const [request] = assembler.takeDue(at(500));
    expect(request).to.include({ completedBy: 'root-quiet', completionStatus: 'complete' });
    expect(request!.accounting.unsettled).to.deep.equal([
      { spanId: web[1]!.spanId, n: 1, service: 'web', peer: 'orders', receipts: 0 },
    ]);
  });

  it('never calls it root-quiet while an account is open', () => {
    const assembler = assemblerWith();
    const { web, orders } = twoProcesses();
    add(assembler, [...web, ...orders.slice(1)], 0);
    const [request] = assembler.takeDue(at(5_000));
    expect(request).to.include({ completedBy: 'quiet', completionStatus: 'incomplete' });
    expect(request!.accounting.processes).to.deep.equal([
      { service: 'orders', instanceId: 'orders-1', spansHeld: 1, spansCounted: 2 },
      { service: 'web', instanceId: 'web-1', spansHeld: 2, spansCounted: 2 },
    ]);
  });

  it('never calls it root-quiet while a leaf that was counted is missing, or no account came', () => {
    for (const lost of [1, 2]) {
      const web = new ToyProcess('web', { requestId: 'r-1' });
      const root = web.start('root');
      web.start('leaf', { under: root });
      web.start('last', { under: root });
      const assembler = assemblerWith();
      add(
        assembler,
        web.endPeriod().filter((_, i) => i !== lost),
        0,
      );
      expect(assembler.takeDue(at(5_000))[0]?.completedBy, `without ${lost}`).to.equal('quiet');
    }
  });

  it('waits for the idle period when a parent is missing, and names it', () => {
    const assembler = assemblerWith({ idleMs: 50 });
    const { orders } = twoProcesses();
    add(assembler, orders, 0);
    const [request] = assembler.takeDue(at(50));
    expect(request).to.include({ completedBy: 'quiet', completionStatus: 'incomplete' });
    const [handle] = orders;
    expect(request!.accounting.missingParents).to.deep.equal([
      { spanId: handle!.spanId, parentSpanId: handle!.parentSpanId, service: 'orders' },
    ]);
  });

  it('starts the quiet time anew with every new span, and not with a duplicate', () => {
    const assembler = assemblerWith();
    const { web } = twoProcesses();
    add(assembler, web.slice(1), 0);
    add(assembler, web, 300);
    add(assembler, web, 700);
    expect(assembler.nextDue()).to.equal(at(800));
  });

  it('ends at the deadline what is never quiet', () => {
    const assembler = assemblerWith({ deadlineMs: 1_000, idleMs: 300 });
    for (let ms = 0; ms <= 900; ms += 100) {
      add(assembler, [buildSpan({ name: `n${ms}`, parentSpanId: spanIdOf('gone') })], ms);
    }
    const [request] = assembler.takeDue(at(1_000));
    expect(request).to.include({ completedBy: 'deadline', completionStatus: 'incomplete' });
    expect(request!.spans).to.have.length(10);
  });

  it('names the reason that came first, however late it is asked', () => {
    const assembler = assemblerWith();
    add(assembler, twoProcesses().web, 0);
    expect(assembler.takeDue(at(3_600_000))[0]?.completedBy).to.equal('root-quiet');
  });

  it('closes a request when told to, once', () => {
    const assembler = assemblerWith();
    add(assembler, twoProcesses().web, 0);
    expect(assembler.close('r-1', 'flow-closed', at(1))).to.include({ completedBy: 'flow-closed', revision: 1 });
    expect(assembler.close('r-1', 'shutdown', at(2))).to.equal(undefined);
    expect(assembler.close('unknown', 'shutdown', at(2))).to.equal(undefined);
    expect(assembler.takeDue(at(10_000))).to.deep.equal([]);
  });

  it('takes the call of a declared origin for the root, declared before or after', () => {
    const header = { traceId: traceIdOf('curl'), spanId: spanIdOf('curl'), traceState: '' };
    const origin = { requestId: 'r-1', parentSpanId: header.spanId, sends: 1 };
    for (const when of ['before', 'after']) {
      const assembler = assemblerWith();
      const web = new ToyProcess('web', { requestId: 'r-1' });
      web.receive(header, 'GET', { kind: 'server' });
      if (when === 'before') assembler.declareOrigin(origin);
      add(assembler, web.endPeriod(), 0);
      if (when === 'after') assembler.declareOrigin(origin);
      const [request] = assembler.takeDue(at(0));
      expect(request?.completedBy, when).to.equal('accounted');
      expect(request?.accounting.missingParents, when).to.deep.equal([]);
    }
  });

  it('calls a request without request id by its trace id', () => {
    const assembler = assemblerWith();
    const web = new ToyProcess('web');
    web.start('root');
    add(assembler, web.endPeriod(), 0);
    expect(assembler.takeDue(at(0))[0]?.requestId).to.equal(traceIdOf('default'));
  });
});

describe('an assembler: limits', () => {
  it('completes a request with too many spans, keeps its structure and drops what the spans say', () => {
    const assembler = assemblerWith({ maxSpans: 3 });
    add(
      assembler,
      ['a', 'b', 'c'].map((name) => bigSpan(name)),
      0,
    );
    expect(assembler.takeDue(at(0))).to.deep.equal([]);
    add(assembler, [bigSpan('d')], 1);
    const [request] = assembler.takeDue(at(1));
    expect(request).to.include({ completedBy: 'span-limit', completionStatus: 'incomplete' });
    expect(named(request!.spans)).to.have.members(['a', 'b', 'c', 'd']);
    expect(request!.spans.every(({ attributes }) => attributes.get('big') === undefined)).to.equal(true);
    add(assembler, [bigSpan('e')], 2);
    const late = assembler.takeDue(at(502))[0];
    expect(late).to.include({ completedBy: 'span-limit', revision: 2 });
    expect(late?.spans.find(({ name }) => name === 'e')?.attributes.get('big')).to.equal(undefined);
  });

  it('completes a request that takes too many bytes', () => {
    const assembler = assemblerWith({ maxBytes: 1_000 });
    assembler.add(batchOfSpans([bigSpan('a')]), at(0), 600);
    expect(assembler.takeDue(at(0))).to.deep.equal([]);
    assembler.add(batchOfSpans([bigSpan('b')]), at(1), 600);
    expect(assembler.takeDue(at(1))[0]?.completedBy).to.equal('byte-limit');
  });

  it('has no room beyond the spans it may hold, until some can be let go', () => {
    const assembler = assemblerWith({ maxHeldSpans: 5, retentionMs: 1_000 });
    const { web, orders } = twoProcesses();
    add(assembler, [...web, ...orders], 0);
    assembler.takeDue(at(0));
    expect(assembler.hasRoomFor(1, at(0))).to.equal(true);
    expect(assembler.hasRoomFor(2, at(0))).to.equal(false);
    expect(assembler.hasRoomFor(2, at(1_000))).to.equal(true);
  });

  function bigSpan(name: string): Span {
    return buildSpan({ name, parentSpanId: spanIdOf('gone'), attributes: { big: 'x' } });
  }
});

describe('an assembler: revisions', () => {
  it('makes a late span the next revision, and names what is new', () => {
    const assembler = assemblerWith();
    const { web, orders } = twoProcesses();
    add(assembler, web, 0);
    assembler.takeDue(at(500));
    add(assembler, orders, 600);
    expect(assembler.snapshot('r-1')).to.include({ completionStatus: 'open', revision: 2, completedBy: undefined });
    const [second] = assembler.takeDue(at(600));
    expect(second).to.include({ revision: 2, completedBy: 'accounted' });
    expect(second!.lateSpanIds).to.deep.equal(orders.map(({ spanId }) => spanId));
    expect(second!.spans).to.have.length(4);
    expect(assembler.snapshot('r-1')).to.deep.equal(second);
  });

  it('is not reopened by spans of another request that it shares a batch with', () => {
    const senders = ['r-1', 'r-2'].map((requestId) => {
      const web = new ToyProcess('web', { requestId, traceId: traceIdOf(requestId) });
      return { web, header: web.send(web.start('root')) };
    });
    const batch = new ToyProcess('batcher');
    batch.consume(
      senders.map(({ header }) => header),
      'batch',
    );
    const assembler = assemblerWith();
    add(assembler, [...senders.flatMap(({ web }) => web.endPeriod()), ...batch.endPeriod()], 0);
    expect(assembler.takeDue(at(0))).to.have.length(2);
    const late = new ToyProcess('web', { requestId: 'r-2', traceId: traceIdOf('r-2') });
    late.start('late');
    add(assembler, late.endPeriod(), 1);
    expect(assembler.takeDue(at(100_000)).map(({ requestId }) => requestId)).to.deep.equal(['r-2']);
  });

  it('is not reopened by duplicates', () => {
    const assembler = assemblerWith();
    const { web, orders } = twoProcesses();
    add(assembler, [...web, ...orders], 0);
    assembler.takeDue(at(0));
    add(assembler, [...orders, ...web], 1);
    expect(assembler.takeDue(at(100_000))).to.deep.equal([]);
    expect(assembler.snapshot('r-1')?.revision).to.equal(1);
  });

  it('goes on counting when the request was let go before the late span came', () => {
    const assembler = assemblerWith({ retentionMs: 1_000 });
    const { web, orders } = twoProcesses();
    add(assembler, web, 0);
    assembler.takeDue(at(500));
    add(assembler, twoProcesses('r-2').web, 1_500);
    expect(assembler.snapshot('r-1'), 'let go').to.equal(undefined);
    expect(assembler.trace(traceIdOf('r-1'))).to.deep.equal([]);
    add(assembler, orders, 1_600);
    const late = assembler.takeDue(at(10_000)).find(({ requestId }) => requestId === 'r-1');
    expect(late).to.include({ revision: 2, completedBy: 'quiet' });
    expect(late!.lateSpanIds).to.have.length(2);
  });
});

describe('an assembler: one request, several traces', () => {
  it('joins traces by request id', () => {
    const assembler = assemblerWith();
    const one = buildSpan({ name: 'one', attributes: { 'tracecourt.request.id': 'r-1' } });
    const other = traceIdOf('other');
    const two = buildSpan({ name: 'two', traceId: other, startMs: 5, attributes: { 'tracecourt.request.id': 'r-1' } });
    add(assembler, [two, one], 0);
    const [request] = assembler.takeDue(at(500));
    expect(request!.traceIds).to.have.members([traceIdOf('default'), other]);
    expect(request!.joins).to.deep.equal([
      { traceId: other, to: traceIdOf('default'), by: 'request-id', guess: false },
    ]);
  });

  it('gives of a trace the spans that are in it, and no others of their request', () => {
    const assembler = assemblerWith();
    const [first, second] = ['one', 'two'].map((trace) => {
      const process = new ToyProcess(trace, { requestId: 'r-1', traceId: traceIdOf(trace) });
      process.start(trace);
      return process.endPeriod();
    });
    add(assembler, [...first!, ...second!], 0);
    expect(named(assembler.trace(traceIdOf('one')))).to.deep.equal(['one']);
    expect(named(assembler.trace(traceIdOf('two')))).to.deep.equal(['two']);
  });

  it('makes a request of a trace once a span has the trace id for its request id', () => {
    const assembler = assemblerWith();
    const requestId = traceIdOf('one');
    add(assembler, [buildSpan({ name: 'first', traceId: requestId, spanId: spanIdOf('first') })], 0);
    const labelled = { name: 'labelled', traceId: traceIdOf('two'), spanId: spanIdOf('labelled') };
    add(assembler, [buildSpan({ ...labelled, attributes: { [REQUEST_ID]: requestId } })], 1);
    add(assembler, [buildSpan({ name: 'third', traceId: traceIdOf('two'), spanId: spanIdOf('third') })], 2);
    expect(assembler.list()).to.have.length(1);
    expect(named(assembler.snapshot(requestId)!.spans)).to.have.members(['first', 'labelled', 'third']);
  });

  it('puts a batch span that serves two requests into each', () => {
    const senders = ['r-1', 'r-2'].map((requestId) => {
      const web = new ToyProcess('web', { requestId, traceId: traceIdOf(requestId) });
      return { header: web.send(web.start(`root ${requestId}`)), spans: web.endPeriod() };
    });
    const batch = new ToyProcess('batcher');
    const work = batch.consume(
      senders.map(({ header }) => header),
      'batch',
    );
    batch.start('insert', { under: work });
    const assembler = assemblerWith();
    add(assembler, [...batch.endPeriod(), ...senders.flatMap(({ spans }) => spans)], 0);
    const requests = assembler.takeDue(at(0));
    expect(requests.map(({ requestId, completedBy }) => [requestId, completedBy])).to.deep.equal([
      ['r-1', 'accounted'],
      ['r-2', 'accounted'],
    ]);
    for (const { requestId, spans, joins } of requests) {
      expect(named(spans)).to.have.members([`root ${requestId}`, 'batch', 'insert']);
      expect(joins).to.deep.equal([{ traceId: work.traceId, to: traceIdOf(requestId), by: 'link', guess: false }]);
    }
  });

  it('shares only the batch, not the rest, of a consumer that carries another request id', () => {
    const first = new ToyProcess('web', { requestId: 'r-1', traceId: traceIdOf('r-1') });
    const second = new ToyProcess('web', { requestId: 'r-2', traceId: traceIdOf('r-2') });
    const headers = [first.send(first.start('root r-1')), second.send(second.start('root r-2'))];
    const batch = new ToyProcess('batcher', { requestId: 'r-1' });
    const work = batch.consume(headers, 'batch', { traceId: traceIdOf('r-1') });
    batch.start('insert', { under: work });
    const assembler = assemblerWith();
    add(assembler, [...first.endPeriod(), ...second.endPeriod(), ...batch.endPeriod()], 0);
    const [one, two] = assembler.takeDue(at(0));
    expect(named(one!.spans)).to.have.members(['root r-1', 'batch', 'insert']);
    expect(named(two!.spans)).to.have.members(['root r-2', 'batch', 'insert']);
    expect(two!.accounting.processes.map(({ service }) => service)).to.deep.equal(['web']);
  });

  it('joins by a declared correlation attribute only what nothing else joins, and calls it a guess', () => {
    const assembler = assemblerWith({ correlation: ['decision.id'] });
    const attributes = { 'decision.id': 'd-1' };
    const root = buildSpan({ name: 'root', attributes: { ...attributes, 'tracecourt.request.id': 'r-1' } });
    const stray = buildSpan({ name: 'stray', traceId: traceIdOf('stray'), startMs: 3, attributes });
    const stranger = buildSpan({ name: 'x', traceId: traceIdOf('x'), attributes: { 'decision.id': 'd-2' } });
    add(assembler, [stray, root, stranger], 0);
    const request = assembler.takeDue(at(500)).find(({ requestId }) => requestId === 'r-1');
    expect(named(request!.spans)).to.deep.equal(['root', 'stray']);
    expect(request!.joins).to.deep.equal([
      { traceId: traceIdOf('stray'), to: traceIdOf('default'), by: 'correlation', guess: true },
    ]);
  });

  it('lets a request that was spoken of under its trace id go on in the one it belongs to', () => {
    const assembler = assemblerWith();
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const header = web.send(web.start('root'));
    const batch = new ToyProcess('batcher');
    const work = batch.consume([header], 'batch');
    add(assembler, batch.endPeriod(), 0);
    expect(assembler.takeDue(at(5_000))[0]).to.include({ requestId: work.traceId, revision: 1 });
    add(assembler, web.endPeriod(), 6_000);
    const [request] = assembler.takeDue(at(6_000));
    expect(request).to.include({ requestId: 'r-1', revision: 2, completedBy: 'accounted' });
    expect(assembler.snapshot(work.traceId)?.requestId).to.equal('r-1');
    expect(assembler.list().map(({ requestId }) => requestId)).to.deep.equal(['r-1']);
  });
});

describe('an assembler: contracts', () => {
  it('gives the same content whatever the order, the batches and the duplicates', () => {
    const spans = mixedWorld();
    const expected = contents([spans]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...spans], { minLength: spans.length }), fc.nat(4), (shuffled, size) => {
        const batches: Span[][] = [];
        for (let i = 0; i < shuffled.length; i += size + 1) batches.push(shuffled.slice(i, i + size + 1));
        expect(contents([...batches, shuffled.slice(0, size)])).to.deep.equal(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('changes nothing by a look that finds nothing due', () => {
    const moments = fc.array(fc.nat(8_000), { maxLength: 12 });
    fc.assert(
      fc.property(fc.shuffledSubarray(mixedWorld()), moments, (spans, looks) => {
        expect(run(spans, looks)).to.deep.equal(run(spans, []));
      }),
      { numRuns: 100 },
    );
  });

  /** Adds one span every 100 ms, looks only where told and where something is due, and gives what was said. */
  function run(spans: readonly Span[], looks: readonly number[]): readonly string[] {
    const assembler = assemblerWith();
    const said: string[] = [];
    const look = (ms: number) => said.push(...assembler.takeDue(at(ms)).map(asText));
    for (let ms = 0; ms <= 10_000; ms += 100) {
      const span = spans[ms / 100];
      if (span) add(assembler, [span], ms);
      const due = assembler.nextDue();
      if (looks.some((moment) => moment >= ms && moment < ms + 100) || (due !== undefined && due <= at(ms))) look(ms);
    }
    return said;
  }
});

describe('an assembler: what came to a request since it was read', () => {
  it('is what came, and then nothing', () => {
    const { web, orders } = twoProcesses();
    const assembler = assemblerWith();
    expect(assembler.growth('r-1')).to.equal(undefined);
    add(assembler, web, 0);
    const first = assembler.growth('r-1');
    expect(first).to.include({ requestId: 'r-1', isAnew: true, revision: 1, completionStatus: 'open' });
    expect(named(first!.spans)).to.have.members(['root', 'call']);
    add(assembler, orders, 1);
    const second = assembler.growth('r-1', first!.mark);
    expect(second!.isAnew).to.equal(false);
    expect(named(second!.spans)).to.have.members(['handle', 'insert']);
    expect(assembler.growth('r-1', second!.mark)).to.deep.include({ isAnew: false, spans: [] });
    expect(named(assembler.growth('r-1', first!.mark)!.spans)).to.have.members(['handle', 'insert']);
  });

  it('is all of it, once a span took another form, or was lost to another request', () => {
    const plain = buildSpan({ name: 'plain', traceId: traceIdOf('t') });
    const assembler = assemblerWith();
    add(assembler, [plain], 0);
    const read = assembler.growth(traceIdOf('t'))!;
    add(assembler, [buildSpan({ name: 'plain', traceId: traceIdOf('t'), attributes: { more: 1 } })], 1);
    const again = assembler.growth(traceIdOf('t'), read.mark)!;
    expect(again.isAnew).to.equal(true);
    expect(again.spans.map(({ attributes }) => attributes.get('more'))).to.deep.equal([1]);
    add(assembler, [buildSpan({ name: 'root', traceId: traceIdOf('t'), attributes: { [REQUEST_ID]: 'r-1' } })], 2);
    expect(assembler.growth(traceIdOf('t'), again.mark)).to.deep.include({ requestId: 'r-1', isAnew: false });
  });

  it('is all of it, once the request is beyond its limits: what its spans say was dropped', () => {
    const assembler = assemblerWith({ maxSpans: 2 });
    const spans = ['a', 'b', 'c'].map((name) => buildSpan({ name, attributes: { [REQUEST_ID]: 'r-1', said: name } }));
    add(assembler, spans.slice(0, 2), 0);
    const read = assembler.growth('r-1')!;
    add(assembler, spans.slice(2), 1);
    const beyond = assembler.growth('r-1', read.mark)!;
    expect(beyond.isAnew).to.equal(true);
    expect(beyond.spans.map(({ attributes }) => attributes.get('said'))).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

/** Two requests, a batch that serves both, a trace without request id and one that correlates with nothing. */
function mixedWorld(): Span[] {
  const one = new ToyProcess('web', { requestId: 'r-1', traceId: traceIdOf('r-1') });
  const two = new ToyProcess('web', { requestId: 'r-2', traceId: traceIdOf('r-2') });
  const headers = [one.send(one.start('root')), two.send(two.start('root'))];
  const batch = new ToyProcess('batcher');
  batch.start('insert', { under: batch.consume(headers, 'batch') });
  const plain = new ToyProcess('plain', { traceId: traceIdOf('plain'), hasLedger: false });
  plain.start('inner', { under: plain.start('alone') });
  const loops = ['a', 'b'].map((name, i) =>
    buildSpan({
      name,
      traceId: traceIdOf(name),
      startMs: i,
      links: [{ traceId: traceIdOf(i ? 'a' : 'b'), spanId: spanIdOf('?') }],
    }),
  );
  return [...one.endPeriod(), ...two.endPeriod(), ...batch.endPeriod(), ...plain.endPeriod(), ...loops];
}

/** What is held at the end, without what depends on time. */
function contents(batches: readonly (readonly Span[])[]): readonly object[] {
  const assembler = assemblerWith();
  for (const batch of batches) add(assembler, batch, 0);
  assembler.takeDue(at(100_000));
  const requests = assembler.list().map(({ requestId }) => assembler.snapshot(requestId)!);
  return requests
    .map((request) => JSON.parse(asText(request)) as { requestId: string })
    .sort((a, b) => (a.requestId < b.requestId ? -1 : 1));
}

function asText(request: AssembledRequest): string {
  return toJson({ ...request, spans: request.spans.map(plainSpan) });
}
