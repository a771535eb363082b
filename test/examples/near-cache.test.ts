import { expect } from 'chai';
import { nearCache } from 'gpu-allocation/build/service/near-cache.js';

describe('a near cache', () => {
  it('gives what was put last, until it is forgotten', () => {
    const cache = nearCache<number>(2);
    cache.put('a', 1);
    cache.put('a', 2);
    expect(cache.get('a')).to.equal(2);
    cache.forget('a');
    expect(cache.get('a')).to.equal(undefined);
  });

  it('holds no more than its limit: what was put first gives way', () => {
    const cache = nearCache<number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const) {
      cache.put(key, value);
    }
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).to.deep.equal([3, undefined, 4]);
  });
});
