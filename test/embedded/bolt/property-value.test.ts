import { expect } from 'chai';
import { BoltStructure, type BoltValue, VALUE_TAGS } from '../../../src/embedded/bolt/bolt-value.js';
import { BoltFailure } from '../../../src/embedded/bolt/failure.js';
import { storedValue } from '../../../src/embedded/bolt/property-value.js';

const DATE = new BoltStructure(VALUE_TAGS.date, [1n]);
const TIME = new BoltStructure(VALUE_TAGS.localTime, [1n]);

describe('a stored value', () => {
  for (const value of [null, 1n, 1, 'a', true, Uint8Array.of(1), DATE, [], [1n, 2n], ['a', 'b'], [DATE, DATE]]) {
    it(`is the value itself: ${String(value)}`, () => {
      expect(storedValue(value)).to.equal(value);
    });
  }

  it('is a list of floats where the list has integers and floats', () => {
    expect(storedValue([1n, 2.5, 3])).to.deep.equal([1, 2.5, 3]);
  });

  const refused: readonly (readonly [string, BoltValue])[] = [
    ['a map', new Map()],
    ['a list with null', [1n, null]],
    ['a list of lists', [[1n], [2n]]],
    ['a list of maps', [new Map()]],
    ['a list of integers and texts', [1n, 'a']],
    ['a list of several temporal types', [DATE, TIME]],
  ];
  for (const [what, value] of refused) {
    it(`cannot be ${what}`, () => {
      expect(() => storedValue(value))
        .to.throw(BoltFailure)
        .with.property('code', 'Neo.ClientError.Statement.TypeError');
    });
  }
});
