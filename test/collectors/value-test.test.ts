import { expect } from 'chai';
import { compileTest } from '../../collectors/value-test.js';
import type { ValueTest } from '../../src/model/index.js';

const LONG = 9007199254740993n;

describe('a test of a value', () => {
  const rows: readonly (readonly [test: ValueTest, passes: boolean])[] = [
    [1.5, false],
    [{ is: 1.5 }, false],
    [{ is: Number.POSITIVE_INFINITY }, false],
    [{ not: 1.5 }, true],
    [{ 'one-of': [0.5, 1.5] }, false],
    [{ above: 1.5 }, true],
    [9007199254740992, false],
  ];
  for (const [test, passes] of rows) {
    it(`holds a long whole number against ${JSON.stringify(test)}`, () => {
      expect(compileTest(test)(LONG)).to.equal(passes);
    });
  }

  it('looks for a fraction in a list of whole numbers', () => {
    expect(compileTest({ contains: 1.5 })([LONG, 1])).to.equal(false);
    expect(compileTest({ contains: 1.5 })([LONG, 1.5])).to.equal(true);
  });
});
