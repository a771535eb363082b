import { expect } from 'chai';
import { KnownStatements } from '../../../src/embedded/bolt/known-statements.js';

describe('Statements that were read before', () => {
  it('are the same when they come again', () => {
    const statements = new KnownStatements();
    const first = statements.read('MATCH (n) RETURN n');
    expect(statements.read('MATCH (n) RETURN n')).to.equal(first);
    expect(first.type).to.equal('r');
  });

  it('give way, the oldest first, when there are too many', () => {
    const statements = new KnownStatements();
    const texts = Array.from({ length: 201 }, (_, i) => `RETURN ${i} AS n`);
    const [first, second] = texts.map((text) => statements.read(text));
    expect(statements.read(texts[1] ?? '')).to.equal(second);
    expect(statements.read(texts[0] ?? '')).not.to.equal(first);
  });

  it('that are refused are refused again', () => {
    const statements = new KnownStatements();
    for (let i = 0; i < 2; i++) expect(() => statements.read('LOAD CSV')).to.throw('LOAD');
  });
});
