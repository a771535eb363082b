import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { compileOrder, createChecker, type Run } from '../../../src/validators/conformance/index.js';
import { choice, opt, par, rep, seq } from '../../helpers/evidence.js';
import { requestOf } from './notation.js';
import { toRequestOrder } from './random-request.js';

function checked(tree: FlowNode, facts: string, open: readonly string[] = []) {
  return createChecker(compileOrder(tree)).check(toRequestOrder(tree, requestOf(facts), new Set(open)));
}

function verdictOn(tree: FlowNode, facts: string, open: readonly string[] = []): string {
  return checked(tree, facts, open).kind;
}

function runOf(tree: FlowNode, facts: string): Run {
  const answer = checked(tree, facts);
  if (answer.kind !== 'conforms') throw new Error(answer.kind);
  return answer.run();
}

describe('treacherous cases, by the order alone', () => {
  it('1: an optional pair with one of it fails when closed, and is viable while the other may come', () => {
    const tree = opt(seq('a', 'b'));
    expect(verdictOn(tree, 'a')).to.equal('violated');
    expect(verdictOn(tree, 'a', ['b'])).to.equal('conforms');
    expect(verdictOn(tree, 'a', ['a'])).to.equal('violated');
    expect(verdictOn(tree, '')).to.equal('conforms');
  });

  it('1: a choice with nothing chosen fails', () => {
    const tree = choice(seq('a', 'b'), 'c');
    expect(verdictOn(tree, '')).to.equal('violated');
    expect(verdictOn(tree, '', ['c'])).to.equal('conforms');
    expect(verdictOn(tree, 'a<b c')).to.equal('violated');
  });

  it('2: two sequences side by side, no pair inverted, and yet a cycle of four', () => {
    const tree = par(seq('a', 'b'), seq('c', 'd'));
    expect(verdictOn(tree, 'b<c d<a')).to.equal('violated');
    expect(verdictOn(tree, 'b<c a d')).to.equal('conforms');
  });

  it('4: a forgotten await fails, under its parent it passes, and what nobody knows is let pass', () => {
    const tree = seq('a', 'b');
    expect(verdictOn(tree, 'a|b')).to.equal('violated');
    expect(verdictOn(tree, 'a|b a>b')).to.equal('conforms');
    expect(verdictOn(tree, 'a b')).to.equal('conforms');
    expect(verdictOn(tree, 'b>a')).to.equal('violated');
    expect(verdictOn({ kind: 'sequence', by: 'start', children: [seq('a'), seq('b')] }, 'a|b')).to.equal('conforms');
    expect(verdictOn({ kind: 'sequence', by: 'start', children: [seq('a'), seq('b')] }, 'b-a')).to.equal('violated');
  });

  it('5: a later step that comes first is viable; b certainly before a is doomed with c still missing', () => {
    const tree = seq('a', 'b', 'c');
    expect(verdictOn(tree, 'b', ['a', 'c'])).to.equal('conforms');
    expect(verdictOn(tree, 'a b', ['c'])).to.equal('conforms');
    expect(verdictOn(tree, 'b<a', ['c'])).to.equal('violated');
    expect(verdictOn(tree, 'b-a', ['a', 'b', 'c'])).to.equal('violated');
  });

  it('5: an overlap dooms nothing while an ancestor may still come', () => {
    expect(verdictOn(seq('a', 'b'), 'a|b b?')).to.equal('conforms');
    expect(verdictOn(seq('a', 'b'), 'b-a b?')).to.equal('violated');
  });

  it('lets rounds follow one another in whatever order the facts leave, and forbids their overlap', () => {
    const tree = rep('v', 3, 5);
    const run = runOf(tree, 'v1 v2 v3 v3<v1');
    expect(run.required).to.deep.equal([{ by: 'end', parts: [[1], [2], [0]] }]);
    expect(run.rounds).to.deep.equal([[2], [0], [1]]);
    expect(verdictOn(tree, 'v1|v2 v3')).to.equal('violated');
    expect(verdictOn(rep('v', 3, 5, true), 'v1|v2 v3')).to.equal('conforms');
    expect(verdictOn(tree, 'v1 v2')).to.equal('violated');
    expect(verdictOn(tree, 'v1 v2', ['v'])).to.equal('conforms');
  });

  it('tells what a run requires, part by part', () => {
    const tree = seq('a', par('b', opt('c')), rep('d', 0, null));
    const run = runOf(tree, 'a b d1 d2');
    expect(run.required).to.deep.equal([
      { by: 'end', parts: [[2], [3]] },
      { by: 'end', parts: [[0], [1], [2, 3]] },
    ]);
    expect(run.places).to.deep.equal([0, 1, 3, 3]);
    expect(run.order).to.deep.equal([0, 1, 2, 3]);
  });
});
