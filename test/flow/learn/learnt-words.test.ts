import { expect } from 'chai';
import { learnOrders, type SeenRequest, wholeLog, wordOrder } from '../../../src/flow/index.js';
import type { LearntNode } from '../../../src/flow/learn/learnt-node.js';
import { lostOrders } from '../../../src/flow/learn/lost-orders.js';
import { orderLines } from '../../../src/flow/learn/write-order.js';

/** What a word says, as a request that shows it; `a>b` beside it: each b is caused by the a that comes last before it. */
function request(word: string, index: number): SeenRequest {
  const [text = '', ...causing] = word.split(' ; ');
  const { steps, before } = wordOrder(text);
  const earlier = steps.map((_, j) => new Set(before.flatMap(([i, later]) => (later === j ? [i] : []))));
  const causes: Set<number>[] = [];
  steps.forEach((step, j) => {
    const by = causing.flatMap((pair) => (pair.split('>')[1] === step ? [pair.split('>')[0]] : []));
    const cause = steps.slice(0, j).findLastIndex((earlierStep) => by.includes(earlierStep));
    causes.push(new Set(cause < 0 ? [] : [cause, ...causes[cause]!]));
  });
  return {
    requestId: `r${index}`,
    totalMs: 1,
    steps: steps.map((step) => ({ step, failed: false, durationMs: 1 })),
    before: earlier.map((set, j) => new Set([...set, ...causes[j]!])),
    causes,
  };
}

function learn(words: readonly string[]) {
  return learnOrders(wholeLog(words.map(request)));
}

function orderOf(...words: readonly string[]): string {
  const { order } = learn(words);
  const lines = order ? orderLines('order', order, '') : [];
  return lines
    .slice(1)
    .map((line) => line.replace(/ # .*/, '').slice(2))
    .join('\n');
}

function times(count: number, ...words: readonly string[]): readonly string[] {
  return Array.from({ length: count }, () => words).flat();
}

describe('an order learnt from words', () => {
  it('is a sequence only where each request certainly shows it', () => {
    expect(orderOf('a b c', 'a b c')).to.equal('sequence: [a, b, c]');
    expect(orderOf('a b c', 'a c b')).to.equal('sequence: [a, { parallel: [b, c] }]');
    expect(orderOf('a (b | c)', 'a b c')).to.equal('sequence: [a, { parallel: [b, c] }]');
    // What stands between two orders them only where it is.
    expect(orderOf('a c b', 'a c b', '(a | b)')).to.not.match(/^sequence/);
  });

  it('has what is sometimes there as optional, and as one where it comes and goes together', () => {
    expect(orderOf('a b', 'a')).to.include('- optional: b');
    expect(orderOf(...times(3, 'a b c d', 'a d'))).to.include('- optional: { sequence: [b, c] }');
    expect(orderOf(...times(3, 'a (b c | d)', 'a d'))).to.include('- optional: { sequence: [b, c] }');
  });

  it('is a choice of what is never together, unless that may be chance', () => {
    expect(orderOf('a b d', 'a c d')).to.equal('sequence:\n  - a\n  - choice:\n      - b\n      - c\n  - d');
    const rare = [...times(8, 'a'), 'a b', 'a c'];
    expect(orderOf(...rare)).to.not.include('choice');
    const often = times(8, 'a', 'a b', 'a c');
    expect(orderOf(...often)).to.include('choice');
  });

  it('has one or more of some where there always was one', () => {
    const words = times(8, 'a (b | c)', 'a b', 'a c', 'a c b');
    expect(orderOf(...words)).to.include('any-of:');
  });

  it('counts what comes several times, one after the other or side by side, and leaves open what varies much', () => {
    expect(orderOf('a b*3', 'a b*3')).to.equal('sequence: [a, { repeat: { step: b, times: 3 } }]');
    expect(orderOf('a (b | b)', 'a (b | b | b)')).to.include('repeat: { step: b, times: 2..3, parallel: true }');
    expect(orderOf('a b', 'a b*2', 'a b*3', 'a b*5')).to.include('repeat: { step: b, times: "+" }');
    expect(orderOf('a', 'a b', 'a b*3', 'a b*5', 'a b*4')).to.include('repeat: { step: b, times: "*" }');
  });

  it('finds rounds, and what stands between them', () => {
    expect(orderOf('a b c b c d', 'a b c d')).to.equal(
      'sequence:\n  - a\n  - repeat: { of: { sequence: [b, c] }, times: 1..2 }\n  - d',
    );
    expect(orderOf('try', 'try wait try', 'try wait try wait try')).to.equal(
      'repeat: { step: try, between: wait, times: 1..3 }',
    );
    expect(orderOf('(a b | a b)', '(a b | a b | a b)')).to.equal(
      'repeat: { of: { sequence: [a, b] }, times: 2..3, parallel: true }',
    );
  });

  it('says that some steps are done one at a time only where they took turns often', () => {
    expect(orderOf(...times(4, 'a b', 'b a'))).to.equal('any-order: [a, b]');
    expect(orderOf(...times(4, 'a b', 'b a'), 'a | b')).to.equal('parallel: [a, b]');
    expect(orderOf('a b', 'b a')).to.equal('parallel: [a, b]');
  });

  it('has what happens below a step that comes several times inside of it', () => {
    const word = 'start (item fetch keep | item fetch keep) ; item>fetch ; fetch>keep';
    const { order, insides } = learn([word, word]);
    expect(order && orderLines('order', order, '').join('\n')).to.include(
      'repeat: { step: item, times: 2, parallel: true }',
    );
    const inside = insides.get('item');
    expect(inside && orderLines('inside', inside, '')[1]).to.equal('  sequence: [fetch, keep]');
  });

  it('keeps as a rule what no tree can say', () => {
    const shape = request('(a | b) (c | d)', 0);
    // b is before d and not before c: a before both.
    const before = [new Set<number>(), new Set<number>(), new Set([0]), new Set([0, 1])];
    const requests = [1, 2, 3].map((n) => ({ ...shape, requestId: `r${n}`, before }));
    const { lost } = learnOrders(wholeLog(requests));
    expect(lost.map(({ first, second }) => `${first} ${second}`)).to.have.length(1);
    expect(lost[0]?.needed).to.equal(true);
    expect(learnOrders(wholeLog(requests.slice(1))).lost).to.deep.equal([]);
  });

  it('keeps no rule that follows from two others', () => {
    const log = wholeLog(['a b c', 'a b c', 'a b c'].map(request));
    const apart: LearntNode = { kind: 'parallel', children: ['a', 'b', 'c'].map((step) => ({ kind: 'step', step })) };
    expect(lostOrders(log, apart).map(({ first, second }) => `${first} ${second}`)).to.deep.equal(['a b', 'b c']);
  });

  it('does not hang on the order of the requests', () => {
    const words = ['a b (c | d)', 'a e', 'a b d c', 'a (b | e)', 'a b c d e'];
    expect(orderOf(...words)).to.equal(orderOf(...[...words].reverse()));
  });
});
