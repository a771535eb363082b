import { redisQueryText } from '@tracecourt/instrumentation';
import { expect } from 'chai';

describe('the text of a Redis command', () => {
  it('keeps the key and hides everything else', () => {
    expect(redisQueryText('set', ['ctx:1', 'value', 'EX', 60])).to.equal('SET ctx:1 ? ? ?');
    expect(redisQueryText('del', ['a', 'b'])).to.equal('DEL a ?');
    expect(redisQueryText('mset', [['k', 'v']])).to.equal('MSET k');
    expect(redisQueryText('ping', [])).to.equal('PING');
  });

  it('hides a first argument that is no key', () => {
    expect(redisQueryText('echo', ['secret'])).to.equal('ECHO ?');
  });

  it('keeps the keys of a script, and neither its text nor its arguments', () => {
    expect(redisQueryText('eval', ['return 1', '0', 'secret'])).to.equal('EVAL ? 0 ?');
    expect(redisQueryText('EVALSHA', ['5f3a', 2, 'a', 'b', 'secret'])).to.equal('EVALSHA ? 2 a b ?');
    expect(redisQueryText('eval', ['return 1', 'no number', 'secret'])).to.equal('EVAL ? ? ?');
  });

  it('is bounded', () => {
    const text = redisQueryText('sadd', ['set', ...Array.from({ length: 1000 }, (_, i) => i)]);
    expect(text.endsWith(' ...')).to.equal(true);
    expect(text.length).to.be.below(50);
  });
});
