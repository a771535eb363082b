import { expect } from 'chai';
import { formatScore, parseFloatStrictly, parseInteger } from '../../../src/embedded/redis/numbers.js';

describe('Redis numbers', () => {
  it('reads an integer only in the form that Redis writes', () => {
    expect(parseInteger('-9223372036854775808')).to.equal(-(2n ** 63n));
    for (const text of ['9223372036854775808', '012', '-0', '+1', ' 1', '1 ', '', '1e3']) {
      expect(parseInteger(text), text).to.equal(undefined);
    }
  });

  it('reads floats and both infinities', () => {
    expect(parseFloatStrictly('1.5e3')).to.equal(1500);
    expect(parseFloatStrictly('-inf')).to.equal(Number.NEGATIVE_INFINITY);
    for (const text of ['nan', '', '1x', '0x10', '.']) expect(parseFloatStrictly(text), text).to.equal(undefined);
  });

  it('prints scores with seventeen digits, as Redis 7.0 does', () => {
    const printed = [0.1, 1e-7, 3e17, 1e20, 123456789.125, 100000, 0, -2.5].map(formatScore);
    expect(printed).to.deep.equal([
      '0.10000000000000001',
      '9.9999999999999995e-08',
      '3e+17',
      '1e+20',
      '123456789.125',
      '100000',
      '0',
      '-2.5',
    ]);
  });
});
