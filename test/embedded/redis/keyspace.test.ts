import { expect } from 'chai';
import { Keyspace, type Watcher } from '../../../src/embedded/redis/keyspace.js';

function setUp() {
  const time = { nowMs: 1000n };
  return { time, keys: new Keyspace(time) };
}

const text = (value: string, expiresAtMs?: bigint) => ({ type: 'string' as const, value, expiresAtMs });

describe('Redis keyspace', () => {
  it('never shows a key whose time has come, swept or not', () => {
    const { time, keys } = setUp();
    keys.put('a', text('v', 1010n));
    time.nowMs = 1010n;
    expect(keys.read('a', 'string')).to.equal('v');
    time.nowMs = 1011n;
    expect([...keys.keys()]).to.deep.equal([]);
    expect(keys.find('a')).to.equal(undefined);
  });

  it('removes ended keys in a sweep', () => {
    const { time, keys } = setUp();
    keys.put('a', text('v', 1010n));
    keys.put('b', text('v', 2000n));
    time.nowMs = 1500n;
    keys.sweep();
    expect(keys.expiringCount).to.equal(1);
    expect(keys.size).to.equal(1);
  });

  it('tells a watcher of a write, a deletion and an end, and of nothing else', () => {
    const { time, keys } = setUp();
    const seen = (act: () => void) => {
      const touched: string[] = [];
      const watcher: Watcher = { touched: (key) => touched.push(key) };
      keys.watch('a', watcher);
      act();
      keys.unwatch('a', watcher);
      return touched.length > 0;
    };
    expect(seen(() => keys.put('b', text('v')))).to.equal(false);
    expect(seen(() => keys.put('a', text('v', 1010n)))).to.equal(true);
    expect(seen(() => keys.find('a'))).to.equal(false);
    expect(
      seen(() => {
        time.nowMs = 1011n;
        keys.find('a');
      }),
    ).to.equal(true);
    expect(seen(() => keys.delete('a'))).to.equal(false);
  });

  it('forgets a collection that became empty', () => {
    const { keys } = setUp();
    keys.open('h', 'hash', () => new Map()).set('f', 'v');
    keys.changed('h');
    expect(keys.size).to.equal(1);
    keys.read('h', 'hash')?.delete('f');
    keys.changed('h');
    expect(keys.size).to.equal(0);
  });

  it('refuses to read a value as another type', () => {
    const { keys } = setUp();
    keys.put('a', text('v'));
    expect(() => keys.read('a', 'hash')).to.throw('WRONGTYPE');
  });
});
