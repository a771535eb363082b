import { createLedger, type LedgerEntry, type SpanLedger } from '@tracecourt/instrumentation/span-ledger';
import { expect } from 'chai';
import fc from 'fast-check';

const LINGER_MS = 5;
const A = 'aaaaaaaa00000001';
const B = 'bbbbbbbb00000002';
const C = 'ffffffffffffffff';

function ledger(): SpanLedger<string> {
  return createLedger({ lingerMs: LINGER_MS });
}

function idsOf(entries: readonly LedgerEntry<string>[] | undefined): readonly string[] | undefined {
  return entries?.map(({ spanId }) => spanId);
}

function xor(ids: readonly string[]): string {
  return ids
    .reduce((sum, id) => sum ^ BigInt(`0x${id}`), 0n)
    .toString(16)
    .padStart(16, '0');
}

describe('the span ledger', () => {
  it('holds the last span of a key for the linger, then lets it go with the account', () => {
    const book = ledger();
    book.started(A, 'request');
    expect(book.ended(A, 'span A', 100)).to.deep.equal([]);
    expect(book.nextDue()).to.equal(105);
    expect(book.due(104.9)).to.deep.equal([]);
    expect(book.due(105)).to.deep.equal([
      {
        span: 'span A',
        spanId: A,
        key: 'request',
        stamps: { start: 1, end: 2, sent: [] },
        account: { spans: 1, sent: 0, xor: A },
      },
    ]);
    expect(book.size).to.equal(0);
    expect(book.nextDue()).to.equal(undefined);
  });

  it('passes spans on at once while another one of the key is open', () => {
    const book = ledger();
    book.started(A, 'request');
    book.started(B, 'request');
    const [early] = book.ended(B, 'span B', 0) ?? [];
    expect(early).to.include({ spanId: B, account: undefined });
    book.ended(A, 'span A', 1);
    const [last] = book.due(10);
    expect(last?.account).to.deep.equal({ spans: 2, sent: 0, xor: xor([A, B]) });
  });

  it('goes on with the period when a span starts within the linger, and lets the held one go without an account', () => {
    const book = ledger();
    book.started(A, 'request');
    book.ended(A, 'span A', 0);
    const released = book.started(B, 'request');
    expect(idsOf(released)).to.deep.equal([A]);
    expect(released[0]?.account).to.equal(undefined);
    expect(book.due(1000)).to.deep.equal([]);
    book.ended(B, 'span B', 1001);
    expect(book.due(1006)[0]?.account).to.deep.equal({ spans: 2, sent: 0, xor: xor([A, B]) });
  });

  it('begins a new account after the linger, and remembers nothing of the old one', () => {
    const book = ledger();
    book.started(A, 'request');
    book.ended(A, 'span A', 0);
    book.due(5);
    book.started(B, 'request');
    book.ended(B, 'span B', 6);
    expect(book.due(11)[0]?.account).to.deep.equal({ spans: 1, sent: 0, xor: B });
  });

  it('numbers the hand-offs of a span from 1, and counts them in the account', () => {
    const book = ledger();
    book.started(A, 'request');
    book.started(B, 'request');
    expect([book.sent(A), book.sent(B), book.sent(A)]).to.deep.equal([1, 1, 2]);
    book.ended(B, 'span B', 0);
    book.ended(A, 'span A', 0);
    const [last] = book.due(5);
    expect(last?.stamps).to.deep.equal({ start: 1, end: 7, sent: [3, 5] });
    expect(last?.account).to.include({ spans: 2, sent: 3 });
  });

  it('counts no hand-off of a span that has ended or never started', () => {
    const book = ledger();
    book.started(A, 'request');
    book.ended(A, 'span A', 0);
    expect([book.sent(A), book.sent(C)]).to.deep.equal([undefined, undefined]);
    expect(book.due(5)[0]?.account?.sent).to.equal(0);
  });

  it('leaves a span that never started here to its caller', () => {
    expect(ledger().ended(A, 'span A', 0)).to.equal(undefined);
  });

  it('keeps keys apart', () => {
    const book = ledger();
    book.started(A, 'one');
    book.started(B, 'two');
    book.ended(A, 'span A', 0);
    expect(book.due(5)[0]?.account).to.deep.equal({ spans: 1, sent: 0, xor: A });
    expect([book.isOpen(A), book.isOpen(B), book.size]).to.deep.equal([false, true, 1]);
  });

  it('settles every period without an open span at once, and none with one', () => {
    const book = ledger();
    book.started(A, 'one');
    book.started(B, 'two');
    book.ended(A, 'span A', 0);
    expect(idsOf(book.settle())).to.deep.equal([A]);
    expect(book.settle()).to.deep.equal([]);
  });

  it('writes an exclusive-or of all bits: equal halves cancel out to zeros', () => {
    const book = ledger();
    for (const id of [C, 'ffffffff00000000', '00000000ffffffff']) book.started(id, 'request');
    for (const id of [C, 'ffffffff00000000', '00000000ffffffff']) book.ended(id, id, 0);
    expect(book.due(5)[0]?.account?.xor).to.equal('0000000000000000');
  });
});

type Move =
  | { readonly do: 'start'; readonly key: string }
  | { readonly do: 'end' | 'send'; readonly pick: number }
  | { readonly do: 'wait'; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ do: fc.constant('start' as const), key: fc.constantFrom('one', 'two', 'three') }),
  fc.record({ do: fc.constantFrom('end' as const, 'send' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(8) }),
);

interface Played {
  readonly left: readonly LedgerEntry<string>[];
  readonly started: ReadonlyMap<string, string>;
  readonly sends: ReadonlyMap<string, number>;
}

/** Plays the moves, then ends everything and waits. */
function play(moves: readonly Move[]): Played {
  const book = ledger();
  const left: LedgerEntry<string>[] = [];
  const started = new Map<string, string>();
  const sends = new Map<string, number>();
  const open: string[] = [];
  let now = 0;
  const end = (spanId: string) => {
    open.splice(open.indexOf(spanId), 1);
    left.push(...(book.ended(spanId, spanId, now) ?? []));
  };
  for (const step of moves) {
    if (step.do === 'wait') {
      now += step.ms;
      left.push(...book.due(now));
    } else if (step.do === 'start') {
      const spanId = ((BigInt(started.size + 1) * 0x9e3779b97f4a7c15n) % (1n << 64n)).toString(16).padStart(16, '0');
      started.set(spanId, step.key);
      open.push(spanId);
      left.push(...book.started(spanId, step.key));
    } else if (open.length > 0) {
      const spanId = open[step.pick % open.length]!;
      if (step.do === 'end') end(spanId);
      else sends.set(spanId, book.sent(spanId)!);
    }
  }
  for (const spanId of [...open]) end(spanId);
  left.push(...book.due(now + LINGER_MS));
  expect(book.size).to.equal(0);
  return { left, started, sends };
}

describe('the span ledger, whatever happens', () => {
  it('lets every span leave once, and its accounts add up to what started and was sent', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const { left, started, sends } = play(moves);
        expect(left.map(({ spanId }) => spanId)).to.have.members([...started.keys()]);
        for (const key of ['one', 'two', 'three']) {
          const ids = [...started].filter(([, of]) => of === key).map(([id]) => id);
          const accounts = left.filter((entry) => entry.key === key).flatMap(({ account }) => account ?? []);
          expect(accounts.reduce((sum, { spans }) => sum + spans, 0)).to.equal(ids.length);
          expect(xor(accounts.map((account) => account.xor))).to.equal(xor(ids));
          const sent = ids.reduce((sum, id) => sum + (sends.get(id) ?? 0), 0);
          expect(accounts.reduce((sum, account) => sum + account.sent, 0)).to.equal(sent);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives every start, hand-off and end a place of its own, in the order in which they happened', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const { left } = play(moves);
        const places = left.flatMap(({ stamps }) => [stamps.start, ...stamps.sent, stamps.end]);
        expect([...places].sort((a, b) => a - b)).to.deep.equal(places.map((_, i) => i + 1));
        for (const { stamps } of left) {
          const own = [stamps.start, ...stamps.sent, stamps.end];
          expect(own).to.deep.equal([...own].sort((a, b) => a - b));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
