import { expect } from 'chai';
import { loadFlow, wordOrder } from '../../src/flow/index.js';
import { checkWord } from '../../src/validators/index.js';

const AWAITED = 'sequence: [a, b, { repeat: { step: v, times: 2 } }, { any-order: [o, { optional: p }] }]';

/** What an order says of a word: that it conforms. */
const ROWS: readonly (readonly [order: string, word: string, conforms: boolean])[] = [
  [AWAITED, 'a b v v o p', true],
  [AWAITED, '(a | b) v v o', false],
  [AWAITED, 'a b (v | v) o', false],
  [AWAITED, 'a b v v (o | p)', false],
  ['sequence: [a, b]', 'a | b', false],
  ['parallel: [a, b]', 'a | b', true],
  ['any-of: [a, b]', 'a | b', true],
  ['sequence: { by: start, of: [a, b] }', 'a | b', true],
  ['repeat: { step: v, times: 2, parallel: true }', 'v | v', true],
  ['parallel: [{ sequence: [a, b] }, { sequence: [o, p] }]', 'a b | o p', true],
  ['sequence: [a, b, o]', 'a b | o', false],
  ['sequence: [a, { parallel: [b, o] }, p]', '(a | b o) p', false],
];

describe('at the same time, in a word', () => {
  for (const [order, word, conforms] of ROWS) {
    it(`${order} ${conforms ? 'accepts' : 'rejects'} ${word}`, async () => {
      const text = `version: 1\nflow: w\nsteps: { a: {}, b: {}, v: {}, o: {}, p: {} }\norder: { ${order} }\n`;
      expect(checkWord(await loadFlow(text, 'w'), wordOrder(word)).conforms).to.equal(conforms);
    });
  }

  it('is that each side begins before the other ends, so that every word can happen', () => {
    const { steps, before, overlaps } = wordOrder('a b | c');
    expect(steps).to.deep.equal(['a', 'b', 'c']);
    expect(before).to.deep.equal([[0, 1]]);
    expect(overlaps).to.have.deep.members([
      [0, 2],
      [2, 1],
    ]);
  });

  it('breaks a rule that asks for one after the other', async () => {
    const flow = (rule: string) =>
      loadFlow(`version: 1\nflow: w\nsteps: { a: {}, b: {} }\nrules: [{ ${rule}: [a, b] }]\n`, 'w');
    expect(checkWord(await flow('precedence'), wordOrder('a b')).conforms).to.equal(true);
    expect(checkWord(await flow('precedence'), wordOrder('b a')).conforms).to.equal(false);
    expect(checkWord(await flow('precedence'), wordOrder('a | b')).conforms).to.equal(false);
    expect(checkWord(await flow('responded-existence'), wordOrder('a | b')).conforms).to.equal(true);
  });
});
