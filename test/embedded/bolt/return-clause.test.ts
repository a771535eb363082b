import { expect } from 'chai';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { columnName, readReturn } from '../../../src/embedded/bolt/return-clause.js';

function read(text: string) {
  return readReturn(text, tokenizeCypher(text));
}

describe('the RETURN of a statement', () => {
  it('is split into items and what follows them', () => {
    const text = 'MATCH (n) RETURN DISTINCT n, n.a AS a, f(1, 2) ORDER BY a LIMIT 3';
    expect(read(text)).to.deep.equal({
      start: text.indexOf('RETURN'),
      isDistinct: true,
      items: [
        { expression: 'n', alias: undefined, variable: 'n' },
        { expression: 'n.a', alias: 'a', variable: undefined },
        { expression: 'f(1, 2)', alias: undefined, variable: undefined },
      ],
      tail: ' ORDER BY a LIMIT 3',
    });
  });

  it('is the last one outside of brackets', () => {
    expect(read('CALL { RETURN 1 AS x } RETURN x, [y IN [1] | y]')?.items.map(columnName)).to.deep.equal([
      'x',
      '[y IN [1] | y]',
    ]);
  });

  it('names a column after a quoted variable, without its backticks', () => {
    expect(read('WITH 1 AS `odd name` RETURN `odd name`')?.items.map(columnName)).to.deep.equal(['odd name']);
  });

  it('has no items that can be told when all is returned', () => {
    expect(read('MATCH (n) RETURN *')?.items).to.deep.equal([]);
  });

  it('is absent where nothing is returned', () => {
    expect(read('CREATE (n {return: 1})')).to.equal(undefined);
  });
});
