import { expect } from 'chai';
import type { CompletionReason, FlowNode } from '../../../src/model/index.js';
import { awaitedNext, judge } from '../../../src/validators/index.js';
import { choice, evidenceOf, flowOf, opt, par, rep, seq, traceOf } from '../../helpers/evidence.js';
import { evaluate } from '../../helpers/gpu-request.js';

const VOTES: FlowNode = seq(
  'ask',
  choice(seq(rep('vote', 3, 7, true), choice(seq('write', 'tell'), 'refuse')), 'full'),
);

function evidence(order: FlowNode, word: string, completedBy?: CompletionReason) {
  const lines = word
    .split(' ')
    .map((step, i) => `${step}${i} s <r ${10 * i + 1}-${10 * i + 9} step=${step} seq=${2 * i + 2}-${2 * i + 3}`);
  const trace = traceOf(['r s 0-999 seq=1-99', ...lines].join('\n'), { completedBy });
  return evidenceOf(flowOf(order), trace);
}

function awaited(order: FlowNode, word: string): readonly string[] {
  const { reasons } = judge(evidence(order, word, 'root-quiet'), evaluate);
  return reasons.flatMap((reason) => (reason.code === 'incomplete' ? reason.awaited : []));
}

describe('the steps that a request waits for', () => {
  it('are those of the way that was begun, though another would be less', () => {
    expect(awaited(VOTES, 'ask vote')).to.deep.equal(['vote', 'write', 'refuse']);
    expect(awaited(VOTES, 'ask vote vote vote')).to.deep.equal(['write', 'refuse']);
    expect(awaited(VOTES, 'ask vote vote vote write')).to.deep.equal(['tell']);
  });

  it('begin every way, where none was begun', () => {
    expect(awaited(VOTES, 'ask')).to.deep.equal(['vote', 'full']);
    expect(awaited(seq('a', choice(seq(opt('x'), 'b', 'c'), par('d', 'e'))), 'a')).to.deep.equal(['b', 'd', 'e']);
    expect(awaited(seq('a', { kind: 'any-of', children: [seq('b', 'c'), seq('d')] }, 'z'), 'a')).to.deep.equal([
      'b',
      'd',
      'z',
    ]);
  });

  it('are none, where a way on is to do nothing', () => {
    expect(awaited(seq('a', choice(opt('b'), 'c')), 'a')).to.deep.equal([]);
    expect(awaited(VOTES, 'ask full')).to.deep.equal([]);
  });

  it('are told alike while it is open, but for those that are behind others, and before its root has come', () => {
    for (const isRooted of [true, false]) {
      const next = (word: string): readonly string[] => {
        const whole = evidence(VOTES, word);
        const spans = whole.trace.spans.filter(({ parentSpanId }) => isRooted || parentSpanId !== undefined);
        return awaitedNext({ ...whole, trace: { ...whole.trace, spans } });
      };
      expect(next('ask')).to.deep.equal(['vote', 'full']);
      expect(next('ask vote')).to.deep.equal(['vote']);
      expect(next('ask vote vote vote')).to.deep.equal(['write', 'refuse']);
      expect(next('ask vote vote vote write')).to.deep.equal(['tell']);
    }
  });
});
