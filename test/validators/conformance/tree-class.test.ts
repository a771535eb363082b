import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { classOf } from '../../../src/validators/conformance/index.js';
import { choice, opt, par, rep, seq } from '../../helpers/evidence.js';

const under = (step: string, cause: string): FlowNode => ({ kind: 'step', step, under: cause });
const round = (child: FlowNode, parallel = false): FlowNode => ({ kind: 'repeat', child, min: 0, max: null, parallel });

describe('the class of a tree', () => {
  it('is exact while each step has one place and rounds are single steps', () => {
    const tree = seq('a', rep('b', 1, 3), choice(par('c', 'd'), opt('e')), {
      kind: 'any-order',
      children: [opt('f'), seq('g')],
    });
    expect(classOf(tree).because).to.deep.equal({ kind: 'long-parts', steps: ['g'] });
    expect(classOf(seq('a', rep('b', 1, 3), choice(par('c', 'd'), opt('e')))).exact).to.equal(true);
  });

  it('is exact for places of one step that are bound to different others', () => {
    expect(classOf(par(seq('u', under('q', 'u')), seq('v', under('q', 'v')))).exact).to.equal(true);
    expect(classOf(par(seq('u', under('q', 'u')), 'q')).because).to.deep.equal({ kind: 'several-places', step: 'q' });
    expect(classOf(seq('q', 'a', 'q')).because).to.deep.equal({ kind: 'several-places', step: 'q' });
  });

  it('is not exact for rounds with an order of their own', () => {
    expect(classOf(round(seq('a', 'b'))).because).to.deep.equal({ kind: 'long-rounds', steps: ['a', 'b'] });
    expect(classOf(round(seq('a', 'b'), true)).because).to.deep.equal({ kind: 'long-rounds', steps: ['a', 'b'] });
    expect(classOf(round(par('a', 'b'), true)).exact).to.equal(true);
  });

  it('warns of steps that cannot be told apart where they run side by side', () => {
    expect(classOf(par(seq('u', 'q'), seq('v', 'q'), 'q')).warnings).to.deep.equal([{ step: 'q', places: 3 }]);
    expect(classOf(seq('q', 'a', 'q')).warnings).to.deep.equal([]);
    expect(classOf(round(seq('a', 'b'), true)).warnings).to.deep.equal([
      { step: 'a', places: null },
      { step: 'b', places: null },
    ]);
    expect(classOf(par(seq('u', under('q', 'u')), seq('v', under('q', 'v')))).warnings).to.deep.equal([]);
  });
});
