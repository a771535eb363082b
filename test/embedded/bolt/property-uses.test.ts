import { expect } from 'chai';
import type { BoltValue } from '../../../src/embedded/bolt/bolt-value.js';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { readUses } from '../../../src/embedded/bolt/property-uses.js';

const GIVEN = new Map<string, BoltValue>([
  ['p', 'x'],
  ['list', [1n, 2n]],
  ['map', new Map([['key', 'x']])],
  ['rows', [new Map([['key', 1n]]), new Map([['key', 2n]])]],
]);

/** `Label.key stored x`, one for each use. */
function uses(text: string): readonly string[] {
  const { properties, comparisons } = readUses(tokenizeCypher(text), GIVEN);
  return [
    ...properties.map(({ as, labels, key, values }) => `${labels.join('&')}.${key} ${as} ${values.join()}`),
    ...comparisons.map(([some, others]) => `${some.join()} ~ ${others.join()}`),
  ];
}

describe('what a statement does with known values', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['CREATE (n:N {key: $p})', ['N.key stored x']],
    ['CREATE ({key: 1, other: -2.5})', ['.key stored 1', '.other stored -2.5']],
    ['MERGE (n:N:M {key: $p})-[:R {w: 1}]->()', ['M&N.key merged x', 'R.w merged 1']],
    ['MATCH (n:N {key: $p}) RETURN n', ['N.key compared x']],
    ['CREATE (n:N $map)', ['N.key stored x']],
    ['MATCH (n:N) SET n += $map', ['N.key stored x']],
    ['MATCH (n:N) SET n.key = $p', ['N.key stored x']],
    ['MATCH (n:N) WHERE n.key = $p RETURN n', ['N.key compared x']],
    ['MATCH (n:N) WHERE $p = n.key RETURN n', ['N.key compared x']],
    ['MATCH (n:N) WHERE n.key <> $p OR n.key <= 3 RETURN n', ['N.key compared x', 'N.key compared 3']],
    ['MATCH (n:N) WHERE n.key IN $list RETURN n', ['N.key compared 1,2']],
    ["MATCH (n:N) WHERE n.key IN ['1', '2'] RETURN n", ['N.key compared 1,2']],
    ['MATCH ()-[r:R]->() WHERE r.key = $p RETURN r', ['R.key compared x']],
    ['UNWIND $rows AS row CREATE (n:N {key: row.key})', ['N.key stored 1,2']],
    ['UNWIND $rows AS row MATCH (n {key: row.key}) RETURN n', ['.key compared 1,2']],
    ["RETURN $p = '1' AS x", ['x ~ 1']],
    ['MATCH (n:N) WHERE n.key = $p + 1 RETURN n', []],
    ['MATCH (n:N) WHERE n.key = n.other RETURN n', []],
    ['RETURN {key: $p} AS m, $p AS p', []],
  ];
  for (const [text, expected] of cases) {
    it(`is read: ${text}`, () => {
      expect(uses(text)).to.deep.equal(expected);
    });
  }
});
