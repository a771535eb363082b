import { expect } from 'chai';
import type { Attributes, Span, WorkflowTrace } from '../../src/model/index.js';
import { printable, waterfall } from '../../src/view/index.js';

const nothing: Attributes = { get: () => undefined, entries: () => [] };

function span(spanId: string, parentSpanId: string | undefined, startMs: number): Span {
  const startUnixNano = BigInt(startMs) * 1_000_000n;
  return {
    traceId: 't',
    spanId,
    parentSpanId,
    traceState: '',
    parentIsRemote: undefined,
    name: spanId,
    kind: 'internal',
    startUnixNano,
    endUnixNano: startUnixNano + 1_000_000n,
    status: { code: 'unset', message: '' },
    attributes: nothing,
    events: [],
    links: [],
    resource: { get: (key) => (key === 'service.name' ? 'toy' : undefined), entries: () => [] },
    scopeName: '',
  };
}

function shape(...spans: readonly Span[]): string[] {
  const trace = { spans, steps: [], startTime: 0n } as unknown as WorkflowTrace;
  return waterfall(trace).map(({ spanId, depth }) => `${depth}${spanId}`);
}

describe('waterfall', () => {
  it('puts children below their parents, in their order', () => {
    expect(
      shape(span('root', undefined, 0), span('a', 'root', 1), span('b', 'root', 2), span('a1', 'a', 3)),
    ).to.deep.equal(['0root', '1a', '2a1', '1b']);
  });

  it('keeps a span whose parent is not held, at the top', () => {
    expect(shape(span('root', undefined, 0), span('stray', 'lost', 1))).to.deep.equal(['0root', '0stray']);
  });

  it('shows each span once, even where parents form a circle', () => {
    expect(shape(span('root', undefined, 0), span('x', 'y', 1), span('y', 'x', 2))).to.have.members([
      '0root',
      '0x',
      '1y',
    ]);
  });

  it('goes as deep as a request does', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => span(`s${n}`, n === 0 ? undefined : `s${n - 1}`, n));
    expect(shape(...chain).at(-1)).to.equal('19999s19999');
  });
});

describe('printable', () => {
  it('takes control characters out of telemetry', () => {
    expect(printable('a\u001b[31mred\nb\u202e')).to.equal('a\uFFFD[31mred\uFFFDb\uFFFD');
  });
});
