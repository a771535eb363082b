import { expect } from 'chai';
import neo4j, { type Session } from 'neo4j-driver';
import { codeOf, type Neo4jBench, plain } from './neo4j-bench.js';

export function statementRows(bench: Neo4jBench): void {
  describe('statements', () => {
    const { run } = bench;
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    it('creates a pattern from a map of properties', async () => {
      const properties = { run, name: 'a', weight: 1, tries: neo4j.int(2), none: null };
      await session.run('CREATE (:FromMap $properties)', { properties });
      const { records } = await session.run('MATCH (n:FromMap {run: $run}) RETURN n', { run });
      expect(plain(records[0]!.get('n').properties)).to.deep.equal(
        plain({ run, name: 'a', weight: 1, tries: neo4j.int(2) }),
      );
    });

    it('takes a free GPU, writes a decision with its votes and a lease, and finds no other GPU free', async () => {
      await session.run('CREATE (:Gpu {run: $run, id: "gpu-1", model: "h100"})', { run });
      const free = `MATCH (g:Gpu {run: $run, model: $model}) WHERE NOT (g)<-[:HOLDS]-(:Lease {active: true})
                    RETURN g.id AS id LIMIT 1`;
      const votes = ['a', 'b', 'c'].map((voter) => ({ voter, vote: 'approve', confidence: 1 }));
      await session.executeWrite(async (tx) => {
        const found = await tx.run(free, { run, model: 'h100' });
        const gpu = found.records[0]!.get('id');
        await tx.run(
          `MATCH (g:Gpu {run: $run, id: $gpu})
           CREATE (d:Decision {run: $run, id: $id, outcome: 'granted'})-[:GRANTS]->(l:Lease {run: $run, active: true})-[:HOLDS]->(g)
           WITH d UNWIND $votes AS vote
           CREATE (v:Vote {run: $run, voter: vote.voter, vote: vote.vote, confidence: vote.confidence})-[:ON]->(d)`,
          { run, gpu, id: 'd-1', votes },
        );
      });
      expect((await session.run(free, { run, model: 'h100' })).records).to.have.length(0);
      const { records } = await session.run(
        `MATCH (d:Decision {run: $run, id: $id}) OPTIONAL MATCH (d)<-[:ON]-(v:Vote)
         RETURN d.outcome AS outcome, collect(v.voter) AS voters, count(v) AS votes, sum(v.confidence) AS confidence`,
        { run, id: 'd-1' },
      );
      const { outcome, voters, votes: votesFound, confidence } = records[0]!.toObject();
      expect(outcome).to.equal('granted');
      expect([...voters].sort()).to.deep.equal(['a', 'b', 'c']);
      expect(plain([votesFound, confidence])).to.deep.equal(plain([neo4j.int(3), 3]));
    });

    it('aggregates nothing to 0, null and an empty list', async () => {
      const { records } = await session.run(
        'OPTIONAL MATCH (n:NoSuchLabel {run: $run}) RETURN count(n) AS c, sum(n.x) AS s, avg(n.x) AS a, collect(n) AS l',
        { run },
      );
      expect(plain(records[0]!.toObject())).to.deep.equal(plain({ c: neo4j.int(0), s: neo4j.int(0), a: null, l: [] }));
    });

    it('merges: creates once, matches after', async () => {
      const merge = `MERGE (n:MergedOnce {run: $run, id: 1}) ON CREATE SET n.created = true, n.seen = 1
                     ON MATCH SET n.seen = n.seen + 1 RETURN n.seen AS seen`;
      await session.run(merge, { run });
      const { records } = await session.run(merge, { run });
      expect(records[0]!.get('seen').toNumber()).to.equal(2);
    });

    it('adds, replaces and removes properties and labels', async () => {
      await session.run('CREATE (:Shape {run: $run, a: 1, b: 2})', { run });
      const { records } = await session.run(
        `MATCH (n:Shape {run: $run}) SET n += $more, n:Extra SET n.b = null REMOVE n.a
         RETURN properties(n) AS p, labels(n) AS l`,
        { run, more: { c: 'x', d: 4 } },
      );
      expect(plain(records[0]!.get('p'))).to.deep.equal(plain({ run, c: 'x', d: 4 }));
      expect([...records[0]!.get('l')].sort()).to.deep.equal(['Extra', 'Shape']);
    });

    it('orders, skips and limits, by integers only', async () => {
      const text = 'UNWIND [3, 1, 2] AS n RETURN n ORDER BY n DESC SKIP $skip LIMIT $limit';
      const { records } = await session.run(text, { skip: neo4j.int(1), limit: neo4j.int(1) });
      expect(records.map((record) => record.get('n').toNumber())).to.deep.equal([2]);
      expect(await codeOf(session.run(text, { skip: 1, limit: 1 }))).to.match(/^Neo\.ClientError\.Statement\./);
    });

    it('runs one statement at a time, and takes a semicolon at its end', async () => {
      expect(await codeOf(session.run('RETURN 1; RETURN 2'))).to.equal('Neo.ClientError.Statement.SyntaxError');
      expect((await session.run('RETURN 1 AS one;')).records).to.have.length(1);
    });

    it('deletes a node and its relationship in one statement', async () => {
      const deleted = await session.run(
        'CREATE (a:Pair {run: $run})-[r:TO]->(b:Pair {run: $run}) WITH a, r DELETE r WITH DISTINCT a DELETE a',
        { run },
      );
      expect(deleted.summary.counters.updates()).to.include({ nodesDeleted: 1, relationshipsDeleted: 1 });
      expect(await bench.count('Pair')).to.equal(1);
    });
  });
}
