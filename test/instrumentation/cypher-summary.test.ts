import { summarizeCypher } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import fc from 'fast-check';

describe('the summary of a Cypher query', () => {
  const rows: readonly (readonly [string, string, string, string | undefined])[] = [
    ['MATCH (n) RETURN n', 'MATCH', 'MATCH', undefined],
    ['match (g:Gpu {id: $id}) set g.free = false', 'MATCH Gpu', 'MATCH', 'Gpu'],
    ['MATCH (g:Gpu)-[:HOLDS]->(l:Lease) DELETE l', 'MATCH Gpu HOLDS Lease DELETE', 'MATCH', 'Gpu'],
    ['MERGE (d:`My Label` {a: 1})', 'MERGE My Label', 'MERGE', 'My Label'],
    ['CREATE (d:Decision {match: $m, kind: Other})', 'CREATE Decision', 'CREATE', 'Decision'],
    ['UNWIND $rows AS row CREATE (v:Vote)', 'CREATE Vote', 'UNWIND', 'Vote'],
    [
      "// MATCH (x:Comment)\nMERGE (d:Decision) /* CREATE */ SET d.text = 'CREATE (x:Fake)'",
      'MERGE Decision',
      'MERGE',
      'Decision',
    ],
    ['RETURN 1', 'RETURN', 'RETURN', undefined],
    ['MATCH (n) WHERE n.create = 1 RETURN n.match', 'MATCH', 'MATCH', undefined],
    ['', '', '', undefined],
    ['nonsense', '', '', undefined],
  ];
  for (const [query, summary, operation, target] of rows) {
    it(`of ${JSON.stringify(query)} is ${JSON.stringify(summary)}`, () => {
      expect(summarizeCypher(query)).to.include({ summary, operation, target });
    });
  }

  it('has a text without values', () => {
    const { text } = summarizeCypher(`CREATE (u:User {name: 'O\\'Hara', "x": "secret", age: 42, id: $id}) // 4111`);
    expect(text).to.equal('CREATE (u:User {name: ?, ?: ?, age: ?, id: $id})');
    expect(summarizeCypher("RETURN 'never closed").text).to.equal('RETURN ?');
  });

  it('is made of any text, short, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => void summarizeCypher(query)),
      { numRuns: 1000 },
    );
    const long = `CREATE ${'(:Label) '.repeat(20_000)}`;
    expect(summarizeCypher(long).summary.length).to.be.at.most(255);
  });
});
