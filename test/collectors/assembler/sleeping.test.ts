import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Assembler, createAssembler, plainSpan } from '../../../collectors/index.js';
import { toJson } from '../../../src/lib/json.js';
import type { AssembledRequest, Span, SpanBatch } from '../../../src/model/index.js';
import { randomWorld } from '../../helpers/random-world.js';
import { at, batchOfSpans, buildSpan, spanIdOf, ToyProcess, traceIdOf } from '../../helpers/spans.js';

/** Spans that cannot be made again: what consists of them is always awake. */
function lasting(spans: readonly Span[]): SpanBatch {
  return { length: spans.length, span: (index) => spans[index]! };
}

/** Spans that can, with a count of how often they were. */
function remade(spans: readonly Span[]) {
  const counted = { times: 0, batch: batchOfSpans(spans) };
  counted.batch = {
    ...counted.batch,
    anew: () => {
      counted.times++;
      return batchOfSpans(spans);
    },
  };
  return counted;
}

function requestOf(requestId: string, traceId = traceIdOf(requestId)): readonly Span[] {
  const web = new ToyProcess('web', { requestId, traceId });
  const orders = new ToyProcess('orders', { requestId, traceId });
  const call = web.start('call', { under: web.start('root'), kind: 'client' });
  orders.receive(web.send(call), 'handle', { kind: 'server' });
  return [...orders.endPeriod(), ...web.endPeriod()];
}

function asText(request: AssembledRequest | undefined): string {
  return toJson(request && { ...request, spans: request.spans.map(plainSpan) });
}

describe('an assembler: requests that sleep', () => {
  it('says and shows the same as if they had not, in random worlds with late spans and repetitions', () => {
    let madeAgain = 0;
    fc.assert(
      fc.property(randomWorld(), fc.array(fc.nat(13), { maxLength: 4 }), fc.nat(5), (world, again, pace) => {
        const spans = inTheirTraces(world).map((span) => (pace > 2 ? withoutTies(span) : span));
        const arriving = [...spans, ...again.flatMap((index) => spans[index] ?? [])];
        const [sleepless, sleeper] = [createAssembler(OPTIONS), createAssembler(OPTIONS)];
        const sources = arriving.map((span) => remade([span]));
        for (const [i, { batch }] of sources.entries()) {
          const now = i * [0, 300, 900][pace % 3]!;
          sleepless.add(lasting([arriving[i]!]), at(now));
          sleeper.add(batch, at(now));
          expect(stateOf(sleeper, now)).to.deep.equal(stateOf(sleepless, now));
        }
        expect(stateOf(sleeper, 300_000)).to.deep.equal(stateOf(sleepless, 300_000));
        expect(stateOf(sleeper, 300_000)).to.deep.equal(stateOf(sleepless, 300_000));
        for (const { times } of sources) madeAgain += times;
      }),
      { numRuns: 1_000 },
    );
    expect(madeAgain, 'spans that were made again').to.be.greaterThan(100);
  });

  it('keeps no span as an object once a request was spoken of, and makes all of an export again for who looks', () => {
    const source = remade(requestOf('r-1'));
    const assembler = createAssembler();
    assembler.add(source.batch, at(0));
    const [spoken] = assembler.takeDue(at(0));
    expect(assembler.list()[0]).to.include({ spans: 3, completedBy: 'accounted' });
    expect(assembler.counts()).to.include({ spansHeld: 3, requestsHeld: 1 });
    expect(source.times).to.equal(0);
    expect(asText(assembler.snapshot('r-1'))).to.equal(asText(spoken));
    expect(source.times).to.equal(1);
    expect(assembler.trace(traceIdOf('r-1'))).to.have.length(3);
  });

  it('wakes what a late span is of: by its trace, by its request id, or by a link', () => {
    for (const late of [
      buildSpan({ name: 'late', traceId: traceIdOf('r-1') }),
      buildSpan({ name: 'late', traceId: traceIdOf('elsewhere'), attributes: { [REQUEST_ID]: 'r-1' } }),
      buildSpan({
        name: 'late',
        traceId: traceIdOf('elsewhere'),
        links: [{ traceId: traceIdOf('r-1'), spanId: requestOf('r-1')[0]!.spanId }],
      }),
    ]) {
      const assembler = createAssembler();
      assembler.add(batchOfSpans(requestOf('r-1')), at(0));
      expect(assembler.takeDue(at(0))).to.have.length(1);
      assembler.add(batchOfSpans([late]), at(1));
      const [second] = assembler.takeDue(at(100_000));
      expect(second).to.include({ requestId: 'r-1', revision: 2 });
      expect(second!.spans).to.have.length(4);
      expect(second!.lateSpanIds).to.deep.equal([late.spanId]);
    }
  });

  it('lets a request sleep on that gets again what it had', () => {
    const spans = requestOf('r-1');
    const assembler = createAssembler();
    assembler.add(batchOfSpans(spans), at(0));
    assembler.takeDue(at(0));
    assembler.add(batchOfSpans(spans), at(1));
    expect(assembler.counts()).to.include({ spansHeld: 3, spansRepeated: 3 });
    const [one, another] = [1, 2].map(() => assembler.snapshot('r-1')!.spans);
    expect(one![0], 'made for each look').not.to.equal(another![0]);
  });

  it('lets go of one that is asleep', () => {
    const assembler = createAssembler({ retentionMs: 1_000 });
    assembler.add(batchOfSpans(requestOf('r-1')), at(0));
    assembler.takeDue(at(0));
    assembler.add(batchOfSpans(requestOf('r-2')), at(2_000));
    expect(assembler.snapshot('r-1')).to.equal(undefined);
    expect(assembler.counts()).to.include({ spansHeld: 3, spansLetGo: 3 });
  });

  it('remembers nothing of two spans of one id once it let go of them', () => {
    const assembler = createAssembler({ retentionMs: 1_000 });
    const spans = requestOf('r-1');
    assembler.add(batchOfSpans([...spans, { ...spans[0]!, startUnixNano: at(7) }]), at(0));
    expect(assembler.takeDue(at(0))[0]!.accounting.unread).to.have.length(1);
    assembler.add(batchOfSpans(requestOf('r-2')), at(2_000));
    assembler.add(batchOfSpans(spans), at(2_000));
    expect(assembler.snapshot('r-1')!.accounting.unread).to.equal(undefined);
  });
});

const OPTIONS = { correlation: ['decision.id'], rootQuietMs: 500 } as const;

/** A parent is of the span's own trace, as W3C's Trace Context has it. */
function inTheirTraces(world: readonly Span[]): readonly Span[] {
  const traceOf = new Map(world.map(({ spanId, traceId }) => [spanId, traceId]));
  return world.map((span) => {
    const { parentSpanId, traceId } = span;
    const isElsewhere = parentSpanId !== undefined && (traceOf.get(parentSpanId) ?? traceId) !== traceId;
    return isElsewhere ? { ...span, parentSpanId: undefined, parentIsRemote: undefined, traceState: '' } : span;
  });
}

function withoutTies(span: Span): Span {
  return { ...span, links: [], kind: 'internal' };
}

/** All that can be asked of an assembler, after it spoke of what was due. */
function stateOf(assembler: Assembler, ms: number): unknown {
  const said = assembler.takeDue(at(ms)).map(asText);
  const list = assembler.list();
  return {
    said,
    list,
    counts: assembler.counts(),
    held: list.map(({ requestId }) => asText(assembler.snapshot(requestId))),
    grown: list.map(({ requestId }) =>
      assembler
        .growth(requestId)
        ?.spans.map(({ spanId }) => spanId)
        .sort(),
    ),
    traces: ['a', 'b', 'c'].map((trace) => assembler.trace(traceIdOf(trace)).map(({ spanId }) => spanId)),
    next: assembler.nextDue(),
    stray: assembler.snapshot(spanIdOf('nobody')),
  };
}
