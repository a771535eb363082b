import { expect } from 'chai';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { storedLiteral } from '../../../src/embedded/bolt/stored-literal.js';

/** The statement as the engine gets it. */
function stored(text: string): string {
  const tokens = tokenizeCypher(text);
  const insertions = tokens.flatMap((_, i) => storedLiteral(tokens, i));
  return insertions.reduceRight((edited, { at, text: added }) => edited.slice(0, at) + added + edited.slice(at), text);
}

describe('a literal that is stored', () => {
  const changed: readonly (readonly [string, string])[] = [
    ['CREATE (n {l: [1, 2.5, 3]})', 'CREATE (n {l: [1.0, 2.5, 3.0]})'],
    ['MATCH (n) SET n.l = [-1, 2.5]', 'MATCH (n) SET n.l = [-1.0, 2.5]'],
    ['MERGE (n:N {l: [1, 1e3]}) RETURN [1, 2.5]', 'MERGE (n:N {l: [1.0, 1e3]}) RETURN [1, 2.5]'],
  ];
  for (const [text, edited] of changed) {
    it(`is a list of floats: ${text}`, () => {
      expect(stored(text)).to.equal(edited);
    });
  }

  const kept: readonly string[] = [
    'CREATE (n {l: [1, 2], m: [0x1e, 2], t: ["a"], b: [true, FALSE]})',
    'CREATE (n {l: [1, x, 2.5]})',
    'CREATE (n {l: [x IN [1, 2.5] | x]})',
    'CREATE (n {l: [[1], [2.5]][0]})',
    'CREATE (n {l: []})',
    'RETURN {l: [1, null, [2]]} AS m',
    'MATCH (n {l: [1, 2.5]}) RETURN n',
  ];
  for (const text of kept) {
    it(`is left as it is: ${text}`, () => {
      expect(stored(text)).to.equal(text);
    });
  }

  const refused: readonly string[] = [
    'CREATE (n {m: {a: 1}})',
    'MATCH (n) SET n.m = {}',
    'CREATE (n {l: [[1], [2]]})',
    'CREATE (n {l: [1, null]})',
    'CREATE (n {l: [1, "a"]})',
    'CREATE (n {l: [1, true]})',
  ];
  for (const text of refused) {
    it(`is refused: ${text}`, () => {
      expect(() => stored(text))
        .to.throw()
        .with.property('code', 'Neo.ClientError.Statement.TypeError');
    });
  }
});
