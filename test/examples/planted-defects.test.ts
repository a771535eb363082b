import { expect } from 'chai';
import fc from 'fast-check';
import { DEFECTS, parseDefects, planted } from 'gpu-allocation/build/planted-defects.js';

describe('planted defects', () => {
  it('are the names in the baggage value, joined by a plus', () => {
    expect([...parseDefects('lying-cache+no-quorum')]).to.have.members(['lying-cache', 'no-quorum']);
  });

  it('come back whatever their order and number', () => {
    fc.assert(
      fc.property(fc.subarray([...DEFECTS]), (defects) => {
        expect(parseDefects([...defects].reverse().join('+'))).to.deep.equal(new Set(defects));
      }),
    );
  });

  it('are none in a request that does not name any', () => {
    for (const value of [undefined, '', '+', ' ', 'lying', 'LYING-CACHE', 'lying-cache,no-quorum']) {
      expect(parseDefects(value), String(value)).to.have.lengthOf(0);
    }
  });

  it('are none outside a request', () => {
    expect(planted('lying-cache')).to.equal(false);
  });
});
