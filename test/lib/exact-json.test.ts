import { expect } from 'chai';
import { parseWholeNumbers } from '../../src/lib/exact-json.js';

describe('JSON with its whole numbers', () => {
  const rows: readonly (readonly [text: string, value: unknown])[] = [
    ['{"id":9007199254740993}', { id: 9007199254740993n }],
    ['[-1234567890123456789, 9007199254740991]', [-1234567890123456789n, 9007199254740991]],
    ['1234567890123456789', 1234567890123456789n],
    ['{"a":"1234567890123456789","b":1.5,"c":1e20}', { a: '1234567890123456789', b: 1.5, c: 1e20 }],
    ['{"a":"\ue0001","b":1234567890123456789}', { a: '\ue0001', b: 1234567890123456789n }],
    ['{"a":"\\uE0001234","b":1234567890123456789}', { a: '\ue0001234', b: 1234567890123456789n }],
    ['{"a":"say \\" 1234567890123456789"}', { a: 'say " 1234567890123456789' }],
    ['{"a":[1,2,true,null]}', { a: [1, 2, true, null] }],
  ];
  for (const [text, value] of rows) {
    it(`reads ${text}`, () => expect(parseWholeNumbers(text)).to.deep.equal(value));
  }

  it('refuses what is no JSON', () => {
    expect(() => parseWholeNumbers('{"a":1234567890123456789')).to.throw(SyntaxError);
    expect(() => parseWholeNumbers('nothing')).to.throw(SyntaxError);
  });
});
