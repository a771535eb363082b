import { expect } from 'chai';
import { parseWord, type Word } from '../../src/flow/word.js';

/** The word again, fully bracketed. */
function spell(word: Word): string {
  switch (word.kind) {
    case 'step':
      return word.step;
    case 'sequence':
      return `[${word.parts.map(spell).join(' ')}]`;
    case 'parallel':
      return `(${word.parts.map(spell).join('|')})`;
    case 'times':
      return `${spell(word.part)}*${word.times}`;
    default:
      return word satisfies never;
  }
}

const WORDS: readonly (readonly [text: string, meaning: string])[] = [
  ['a', 'a'],
  ['a b', '[a b]'],
  ['a b (c | d e) f*3', '[a b (c|[d e]) f*3]'],
  ['(a | b) * 2', '(a|b)*2'],
  [
    'graph-write (cache-write | event-publish event-handled)',
    '[graph-write (cache-write|[event-publish event-handled])]',
  ],
  ['a | b', '(a|b)'],
];

const NO_WORDS: readonly (readonly [text: string, offset: number, message: string])[] = [
  ['', 0, 'a step is missing'],
  ['a (b', 4, '")" is missing'],
  ['a ) b', 2, 'unexpected ")"'],
  ['a | ', 4, 'a step is missing'],
  ['*3', 0, 'a step is missing before'],
  ['a*0', 1, 'expected 1 to 1000 times'],
  ['a & b', 2, 'unexpected "&"'],
];

describe('parseWord', () => {
  for (const [text, meaning] of WORDS) {
    it(`reads ${text} as ${meaning}`, () => {
      const parsed = parseWord(text);
      expect(parsed.ok && spell(parsed.word)).to.equal(meaning);
    });
  }

  for (const [text, offset, message] of NO_WORDS) {
    it(`points at character ${offset} of "${text}"`, () => {
      const parsed = parseWord(text);
      expect(parsed).to.deep.include({ ok: false, offset });
      expect(!parsed.ok && parsed.message).to.include(message);
    });
  }
});
