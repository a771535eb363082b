import { expect } from 'chai';
import type { BoltValue } from '../../../src/embedded/bolt/bolt-value.js';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { readUses } from '../../../src/embedded/bolt/property-uses.js';
import { StoredKinds } from '../../../src/embedded/bolt/stored-kinds.js';

describe('the kinds of stored values', () => {
  /** Admits the statements one after another, with `$p` as given; only `Unique.id` is unique. */
  function admit(...statements: readonly (readonly [string, BoltValue?])[]): void {
    const kinds = new StoredKinds();
    for (const [text, p = null] of statements) {
      const uses = readUses(tokenizeCypher(text), new Map([['p', p]]));
      kinds.admit(uses, (label, key) => label === 'Unique' && key === 'id');
    }
  }

  const refused: readonly (readonly [string, readonly (readonly [string, BoltValue?])[]])[] = [
    [
      'a number is asked for by its digits',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', '1'],
      ],
    ],
    [
      'a float is',
      [
        ['CREATE (:N {id: $p})', 1.5],
        ['MATCH (n:N) WHERE n.id = $p RETURN n', '1.5'],
      ],
    ],
    [
      'digits are asked for by a number',
      [
        ['CREATE (:N {id: $p})', '1'],
        ['MATCH (n:N {id: $p}) RETURN n', 1n],
      ],
    ],
    [
      'one of a list is',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MATCH (n:N) WHERE n.id IN $p RETURN n', ['a', '1']],
      ],
    ],
    [
      'the label is not told',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MATCH (n {id: $p}) RETURN n', '1'],
      ],
    ],
    [
      'the label was not told',
      [
        ['CREATE ({id: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', '1'],
      ],
    ],
    ['both stand in the statement', [["RETURN 1 = '1' AS x"]]],
    [
      'an integer is merged by its float',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MERGE (n:N {id: $p})', 1],
      ],
    ],
    [
      'a float is merged by its integer',
      [
        ['MERGE (:N {id: $p})', 1],
        ['MERGE (n:N {id: $p})', 1n],
      ],
    ],
    [
      'a unique property gets both',
      [
        ['CREATE (:Unique {id: $p})', 1n],
        ['CREATE (n:Unique {id: $p})', 1],
      ],
    ],
  ];
  for (const [what, statements] of refused) {
    it(`are refused where ${what}`, () => {
      admit(...statements.slice(0, -1));
      expect(() => admit(...statements))
        .to.throw()
        .with.property('code', 'Neo.ClientError.Statement.UnsupportedOperationError');
    });
  }

  const admitted: readonly (readonly [string, readonly (readonly [string, BoltValue?])[]])[] = [
    [
      'a text is asked for by a text',
      [
        ['CREATE (:N {id: $p})', '1'],
        ['MATCH (n:N {id: $p}) RETURN n', '2'],
      ],
    ],
    [
      'a text that is no number is asked for',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', 'n-1'],
      ],
    ],
    [
      'another label has the numbers',
      [
        ['CREATE (:M {id: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', '1'],
      ],
    ],
    [
      'another property has them',
      [
        ['CREATE (:N {no: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', '1'],
      ],
    ],
    [
      'an integer is asked for by its float',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['MATCH (n:N {id: $p}) RETURN n', 1],
      ],
    ],
    [
      'a property that is not unique gets both',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['CREATE (n:N {id: $p})', 1],
      ],
    ],
    [
      'a broken float comes to integers',
      [
        ['CREATE (:Unique {id: $p})', 1n],
        ['MERGE (n:Unique {id: $p})', 1.5],
      ],
    ],
    [
      'both are stored, and not compared',
      [
        ['CREATE (:N {id: $p})', 1n],
        ['CREATE (n:N {id: $p})', '1'],
      ],
    ],
  ];
  for (const [what, statements] of admitted) {
    it(`are admitted where ${what}`, () => {
      admit(...statements);
    });
  }
});
