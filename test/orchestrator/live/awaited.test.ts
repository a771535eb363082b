import { expect } from 'chai';
import type { Accounting, RunEventOf } from '../../../src/model/index.js';
import { awaitsOf, Waits } from '../../../src/orchestrator/live/awaited.js';
import { awaitingSentence } from '../../../src/view/index.js';

const NOTHING = { processes: [], unsettled: [], missingParents: [] };

function awaits(steps: readonly string[], accounting: Partial<Accounting> = {}) {
  return awaitsOf(steps, () => ({ ...NOTHING, ...accounting }));
}

describe('what an open request waits for', () => {
  it('is the steps that the flow calls for, before anything that is owed', () => {
    const owing = [{ service: 'shop', instanceId: '1', spansHeld: 2, spansCounted: 5 }];
    expect(awaits(['pay'], { processes: owing })).to.deep.equal([{ what: 'step', name: 'pay' }]);
  });

  it('is who owes spans, who was handed something, and who called, each once', () => {
    const waiting = awaits([], {
      processes: [
        { service: 'shop', instanceId: '1', spansHeld: 2, spansCounted: 5 },
        { service: 'shop', instanceId: '2', spansHeld: 0, spansCounted: 1 },
        { service: 'till', instanceId: '3', spansHeld: 4, spansCounted: 4 },
        { service: 'plain', instanceId: '4', spansHeld: 4, spansCounted: undefined },
      ],
      unsettled: [
        { spanId: 'a', n: 1, service: 'shop', peer: 'orders' },
        { spanId: 'a', n: 2, service: 'shop', peer: 'orders' },
        { spanId: 'b', n: 1, service: 'shop', peer: '', receipts: 0 },
        { spanId: 'c', n: 1, service: 'shop', peer: 'mail', receipts: 1 },
      ],
      missingParents: [{ spanId: 'd', parentSpanId: 'e', service: 'mailer' }],
    });
    expect(waiting).to.deep.equal([
      { what: 'spans', name: 'shop' },
      { what: 'receipt', name: 'orders' },
      { what: 'receipt', name: 'whom shop called' },
      { what: 'caller', name: 'mailer' },
    ]);
  });

  it('is awaited since it was first, as long as it goes on', () => {
    const waits = new Waits();
    waits.update([{ what: 'step', name: 'pay' }], 1_000);
    waits.update(
      [
        { what: 'step', name: 'pay' },
        { what: 'step', name: 'ship' },
      ],
      1_500,
    );
    expect(waits.at(2_200).map(({ name, sinceMs }) => [name, sinceMs])).to.deep.equal([
      ['pay', 1_200],
      ['ship', 700],
    ]);
    waits.update([{ what: 'step', name: 'ship' }], 2_500);
    waits.update([{ what: 'step', name: 'pay' }], 3_000);
    expect(waits.at(3_100).map(({ name, sinceMs }) => [name, sinceMs])).to.deep.equal([['pay', 100]]);
  });

  it('is told in a sentence, with what was seen last', () => {
    const told = (event: Partial<RunEventOf<'awaiting'>>) =>
      awaitingSentence({ awaited: [], spans: 0, lastSeen: undefined, ...event } as RunEventOf<'awaiting'>);
    expect(
      told({
        awaited: [{ what: 'step', name: 'event-handled', sinceMs: 1_200 }],
        spans: 39,
        lastSeen: { step: 'event-publish', service: 'allocator' },
      }),
    ).to.equal('awaiting `event-handled` since 1.2 s; 39 spans so far, last `event-publish` of allocator');
    expect(told({ awaited: [{ what: 'answer', name: '', sinceMs: 1_000 }] })).to.equal(
      'awaiting the answer since 1 s; no span has come yet',
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ what: 'step' as const, name, sinceMs: 1_000 }));
    expect(told({ awaited: many, spans: 1 })).to.equal(
      'awaiting `a` since 1 s, `b` since 1 s, `c` since 1 s and 2 more; 1 span so far',
    );
    expect(told({ spans: 2 })).to.equal('awaiting its completion; 2 spans so far');
  });
});
