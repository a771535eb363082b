import { expect } from 'chai';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { isMergedBy, placeOf, type ValuePlace } from '../../../src/embedded/bolt/parameter-place.js';

describe('the place of a parameter', () => {
  const places: readonly (readonly [string, ValuePlace])[] = [
    ['RETURN $p', 'expression'],
    ['MATCH (n) RETURN n LIMIT $p', 'count'],
    ['CREATE (n:N $p)', 'pattern'],
    ['CREATE (a)-[r:R $p]->(b)', 'pattern'],
    ['RETURN size($p)', 'expression'],
    ['RETURN count(DISTINCT $p)', 'expression'],
    ['CREATE (n:N {k: $p})', 'property'],
    ['CREATE ({k: 1, l: $p, m: 2})', 'property'],
    ['CREATE (a)-[:R {k: $p}]->(b)', 'property'],
    ['MERGE (n:N {k: $p})', 'property'],
    ['MATCH (n:N {k: $p}) RETURN n', 'expression'],
    ['CREATE (n:N {k: $p + 1})', 'expression'],
    ['CREATE (n:N {k: size($p)})', 'expression'],
    ['CREATE (n:N {k: duration({days: $p})})', 'expression'],
    ['CREATE (n:N) RETURN {k: $p} AS m', 'expression'],
    ['MATCH (n) SET n.k = $p', 'property'],
    ['MATCH (n) SET n.k = 1, n.l = $p RETURN n', 'property'],
    ['MERGE (n:N) ON CREATE SET n.k = $p ON MATCH SET n.l = 1', 'property'],
    ['MATCH (n) SET n.k = $p.member', 'expression'],
    ['MATCH (n) WHERE n.k = $p RETURN n', 'expression'],
    ['MATCH (n) SET n = $p', 'properties'],
    ['MATCH (n) SET n.a = 1, n += $p', 'properties'],
    ['MATCH (n) SET n.set = 1 WITH n WHERE n = $p RETURN n', 'expression'],
  ];
  for (const [text, place] of places) {
    it(`is ${place}: ${text}`, () => {
      const tokens = tokenizeCypher(text);
      const at = tokens.findIndex(({ kind }) => kind === 'parameter');
      expect(placeOf(tokens, at)).to.equal(place);
    });
  }

  const merged: readonly (readonly [string, boolean])[] = [
    ['MERGE (n:N {k: $p})', true],
    ['MERGE (n:N {k: 1}) ON CREATE SET n.k = $p', false],
    ['CREATE (n:N {k: $p})', false],
    ['MERGE (n:N {k: 1}) CREATE (m:M {k: $p})', false],
    ['MERGE (a)-[:R {k: $p}]->(b)', true],
  ];
  for (const [text, isMerged] of merged) {
    it(`${isMerged ? 'is' : 'is not'} what a node is merged by: ${text}`, () => {
      const tokens = tokenizeCypher(text);
      const at = tokens.findIndex(({ kind }) => kind === 'parameter');
      expect(isMergedBy(tokens, at)).to.equal(isMerged);
    });
  }
});
