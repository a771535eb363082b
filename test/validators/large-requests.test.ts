import { expect } from 'chai';
import { judge } from '../../src/validators/index.js';
import { evidenceOf, flowOf, rep, type SpanLine, seq, traceOf } from '../helpers/evidence.js';
import { evaluate } from '../helpers/gpu-request.js';

function chain(count: number, overlapAt: readonly number[] = []): readonly SpanLine[] {
  const root: SpanLine = {
    id: 'root',
    service: 's',
    instance: 's-1',
    startMs: 0,
    endMs: 2 * count + 9,
    attributes: {},
  };
  const work = Array.from({ length: count }, (_, i): SpanLine => {
    const startMs = 1 + 2 * i;
    const step = i === 0 ? 'first' : i === count - 1 ? 'last' : 'work';
    return {
      id: `w${i}`,
      service: 's',
      instance: 's-1',
      parent: 'root',
      startMs,
      endMs: startMs + (overlapAt.includes(i) ? 2.5 : 1),
      attributes: { 'tracecourt.step': step },
    };
  });
  return [root, ...work];
}

const flow = flowOf(seq('first', rep('work', 0, null, true), 'last'));

describe('large requests', () => {
  it('ten thousand occurrences of a step, one after the other, are all proven', () => {
    const verdict = judge(evidenceOf(flow, traceOf(chain(10_000), { stamped: true })), evaluate);
    expect(verdict.outcome).to.equal('pass');
    expect(verdict.strength).to.deep.equal({ required: 2 * 9_998 + 1, proven: 2 * 9_998 + 1, undecided: 0 });
  });

  it('one that is not awaited among them is found, with its two steps', () => {
    const [finding, ...others] = judge(
      evidenceOf(flow, traceOf(chain(2_000, [1_998]), { stamped: true })),
      evaluate,
    ).findings;
    expect(others).to.deep.equal([]);
    expect(finding?.code).to.equal('wrong-order');
    expect(new Set(finding?.spanIds)).to.deep.equal(new Set(['w1998', 'w1999']));
  });

  it('many rounds of a serial repeat that overlap are one finding', () => {
    const rounds = chain(60, [10, 20, 30, 40]);
    const verdict = judge(
      evidenceOf(flowOf(seq('first', rep('work', 0, null), 'last')), traceOf(rounds, { stamped: true })),
      evaluate,
    );
    expect(verdict.findings.map(({ code, step }) => `${code}(${step})`)).to.deep.equal(['wrong-order(work)']);
  });

  it('a chain of ancestors deeper than a stack is followed', () => {
    const deep = Array.from(
      { length: 20_000 },
      (_, i): SpanLine => ({
        id: `d${i}`,
        service: 's',
        instance: 's-1',
        parent: i === 0 ? undefined : `d${i - 1}`,
        startMs: i,
        endMs: 50_000,
        attributes: i === 0 ? { 'tracecourt.step': 'a' } : i === 19_999 ? { 'tracecourt.step': 'b' } : {},
      }),
    );
    expect(judge(evidenceOf(flowOf(seq('a', 'b')), traceOf(deep)), evaluate).outcome).to.equal('pass');
  });
});
