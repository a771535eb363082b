import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { compileOrder, createChecker, type Run, strengthOf } from '../../../src/validators/conformance/index.js';
import { choice, opt, par, rep, seq } from '../../helpers/evidence.js';
import { requestOf } from './notation.js';
import { toRequestOrder } from './random-request.js';

const under = (step: string, cause: string): FlowNode => ({ kind: 'step', step, under: cause });

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

  it('3: swapping two occurrences of one step can save a request; where they are bound it cannot', () => {
    const facts = 'u>q1 u<q1 q1<v w>q2 w<q2 x<q2';
    expect(verdictOn(par(seq('u', 'q', 'v'), seq('w', 'q', 'x')), facts)).to.equal('conforms');
    expect(verdictOn(par(seq('u', under('q', 'u'), 'v'), seq('w', under('q', 'w'), 'x')), facts)).to.equal('violated');
    expect(runOf(par(seq('u', 'q', 'v'), seq('w', 'q', 'x')), facts).places).to.deep.equal([0, 4, 2, 3, 1, 5]);
  });

  it('3: in the rounds of a repeat a place is bound to its own round', () => {
    const free: FlowNode = { kind: 'repeat', child: seq('p', 'h'), min: 0, max: null, parallel: true };
    const bound: FlowNode = { ...free, child: seq('p', under('h', 'p')) };
    expect(verdictOn(free, 'p1>h1 p1>h2 p2')).to.equal('conforms');
    expect(verdictOn(bound, 'p1>h1 p1>h2 p2')).to.equal('violated');
    expect(verdictOn(bound, 'p1>h1 p2>h2')).to.equal('conforms');
    expect(runOf(bound, 'p1 p2 p2>h1 p1>h2').rounds).to.deep.equal([[0], [1], [1], [0]]);
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

  it('9: being greedy about a part of an any-order would be wrong', () => {
    const tree: FlowNode = { kind: 'any-order', children: [seq('d', par('b', 'e'), 'd'), seq('b')] };
    expect(verdictOn(tree, 'b1 d1 b2 e d1<e d1<d2 b2<e b2<d2 e<d2 b1<d2')).to.equal('conforms');
    expect(verdictOn(tree, 'd1<b1 b1<b2 d1<e e<b2 b2<d2')).to.equal('violated');
  });

  it('9: what goes between rounds goes between each two of them', () => {
    const tree: FlowNode = { kind: 'repeat', child: seq('a'), between: seq('b'), min: 1, max: null, parallel: false };
    expect(verdictOn(tree, 'a1<a2 a2<b')).to.equal('violated');
    expect(verdictOn(tree, 'a1<b b<a2')).to.equal('conforms');
    expect(verdictOn(tree, 'a1 b')).to.equal('violated');
    expect(verdictOn(tree, 'a1<b', ['a'])).to.equal('conforms');
    expect(runOf(tree, 'a1<b b<a2').rounds).to.deep.equal([[0], [0], [1]]);
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

  it('tells how much of what a run requires is certain', () => {
    const tree = seq('a', par('b', 'c'), 'd');
    const request = toRequestOrder(tree, requestOf('a<b a>c a|c b<d c d'));
    const answer = createChecker(compileOrder(tree)).check(request);
    if (answer.kind !== 'conforms') throw new Error(answer.kind);
    const strength = strengthOf(request, answer.run(), { list: 9 });
    expect(strength).to.deep.equal({ required: 5, proven: 4, undecided: [[2, 3]] });
    expect(strengthOf(request, answer.run(), { list: 0 }).undecided).to.deep.equal([]);
    const byStart = toRequestOrder(tree, requestOf('a<b a-c b-d c-d a-d'));
    const run = { ...answer.run(), required: [{ by: 'start', parts: [[0], [1, 2], [3]] }] } as const;
    expect(strengthOf(byStart, run, { list: 9 })).to.deep.equal({ required: 5, proven: 5, undecided: [] });
  });

  it('tells all of a run whose copies took different branches', () => {
    const copies: FlowNode = {
      kind: 'repeat',
      child: choice(rep('a', 2, 2, true), 'b'),
      min: 1,
      max: 3,
      parallel: true,
    };
    const run = runOf(seq(copies, 'c'), 'b a1 a2 c');
    expect(run.places).to.deep.equal([1, 0, 0, 2]);
    expect(run.required.map(({ parts }) => parts.map((part) => [...part].sort()))).to.deep.equal([[[0, 1, 2], [3]]]);
  });
});
