import { expect } from 'chai';
import { wordOrder } from '../../../src/flow/index.js';
import type { FlowNode } from '../../../src/model/index.js';
import { checkWord, judge } from '../../../src/validators/index.js';
import { findingSentence } from '../../../src/view/index.js';
import { evidenceOf, flowOf, opt, rep, seq, traceOf } from '../../helpers/evidence.js';
import { evaluate } from '../../helpers/gpu-request.js';

const rounds = (child: FlowNode, more: Partial<FlowNode & { readonly kind: 'repeat' }> = {}): FlowNode => ({
  kind: 'repeat',
  child,
  min: 0,
  max: null,
  parallel: false,
  ...more,
});

/** The findings on steps that one process took one after the other. */
function told(order: FlowNode, word: string): readonly string[] {
  const lines = word
    .split(' ')
    .map((step, i) => `${step}${i} s <r ${10 * i + 1}-${10 * i + 9} step=${step} seq=${2 * i + 2}-${2 * i + 3}`);
  const trace = traceOf(['r s 0-999 seq=1-99', ...lines].join('\n'));
  const { findings } = judge(evidenceOf(flowOf(order), trace), evaluate);
  return findings.map(({ code, step, spanIds }) => `${code} ${step} ${spanIds.join()}`);
}

describe('steps in the wrong order within their rounds', () => {
  const AB = rounds(seq('a', 'b'));

  it('are told as that, not as steps missing from more rounds', () => {
    expect(told(AB, 'a b b a')).to.deep.equal(['wrong-order b a3,b2']);
    expect(told(AB, 'b a')).to.deep.equal(['wrong-order b a1,b0']);
    expect(told(seq('s', AB, 'e'), 's a b b a e')).to.deep.equal(['wrong-order b a4,b3']);
    expect(told(rounds(seq('a', opt('x'), 'b'), { min: 2 }), 'a x b b a')).to.deep.equal(['wrong-order b a4,b3']);
    expect(told(rounds(seq('a', 'b'), { between: rep('w', 1, 1) }), 'a b w b a')).to.deep.equal([
      'wrong-order b a4,b3',
    ]);
  });

  it('are told in words alike', () => {
    expect(checkWord(flowOf(AB), wordOrder('a b b a'))).to.deep.equal({
      conforms: false,
      cost: 2,
      problems: ['`a` belongs after `b`'],
    });
  });

  it('are missing where the counts do not fit, and where fewer edits add them', () => {
    expect(told(AB, 'a b b')).to.deep.equal(['missing-step a b1']);
    expect(told(AB, 'a b a')).to.deep.equal(['missing-step b a2']);
    // What stands at another place too may be of either.
    expect(told(seq(AB, 'a'), 'a b b a')).to.deep.equal(['missing-step a b1']);
  });
});

describe('what comes at the wrong turn between rounds', () => {
  const waits = rounds(seq('a'), { min: 2, max: 3, between: seq('w') });
  const twice = rounds(waits, { min: 2, max: 2, between: seq('v') });

  it('is one finding, though the turns after it are wrong too', () => {
    expect(told(waits, 'w a a')).to.have.length(1);
    expect(told(twice, 'a a w a v w a')).to.have.length(1);
    expect(told(twice, 'w a a v a w a w a')).to.have.length(1);
  });

  it('has no place after the last round, and is told as what stands between two', () => {
    const asked = rounds(seq('a', 'b'), { min: 1, between: seq('w') });
    const trace = traceOf('r s 0-99\na s <r 1-5 step=a\nb s <r 6-9 step=b\nw s <r 20-25 step=w');
    const [finding] = judge(evidenceOf(flowOf(asked), trace), evaluate).findings;
    expect(finding && findingSentence(finding)).to.equal(
      's did `w`, but not between two rounds of `a`, where the flow has its place.',
    );
  });
});
