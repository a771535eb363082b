import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { expect } from 'chai';
import neo4j, { type Driver, type Integer, type Session } from 'neo4j-driver';
import { type BatteryTarget, battery } from './battery.js';

/** Where the server under test is, and who may enter. */
export interface Neo4jUnderTest {
  readonly server: BatteryTarget['server'];
  readonly url: () => string;
  readonly user: string;
  readonly password: string;
}

/**
 * What every server that claims to be Neo4j must do for an unmodified neo4j-driver. Each run keeps to nodes with its own
 * `run` property, so that it can run against a server that holds other things.
 */
export function neo4jBattery({ server, url, user, password }: Neo4jUnderTest): void {
  async function identify(): Promise<string> {
    await using asking = neo4j.driver(url(), neo4j.auth.basic(user, password));
    return (await asking.getServerInfo()).agent?.replace('/', ' ') ?? 'Neo4j';
  }

  battery({ store: 'Neo4j', server, identify }, () => {
    const run = randomUUID();
    let driver: Driver;
    let session: Session;

    before(() => {
      driver = neo4j.driver(url(), neo4j.auth.basic(user, password), { maxTransactionRetryTime: 15_000 });
    });

    beforeEach(() => {
      session = driver.session();
    });

    afterEach(() => session.close());

    after(async () => {
      await driver.executeQuery('MATCH (n {run: $run}) DETACH DELETE n', { run });
      await driver.close();
    });

    async function codeOf(work: Promise<unknown>): Promise<string> {
      try {
        await work;
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'no error';
    }

    async function count(label: string): Promise<number> {
      const { records } = await driver.executeQuery(`MATCH (n:${label} {run: $run}) RETURN count(n) AS n`, { run });
      return (records[0]!.get('n') as Integer).toNumber();
    }

    describe('connecting', () => {
      it('says who it is', async () => {
        const info = await driver.getServerInfo();
        expect(info.agent).to.match(/^Neo4j\//);
        expect(String(info.protocolVersion)).to.match(/^5\./);
      });

      it('answers verifyConnectivity, verifyAuthentication and supportsMultiDb', async () => {
        await driver.verifyConnectivity();
        expect(await driver.verifyAuthentication()).to.equal(true);
        expect(await driver.supportsMultiDb()).to.equal(true);
      });

      it('serves a client that asks for a routing table', async () => {
        const routed = neo4j.driver(url().replace('bolt:', 'neo4j:'), neo4j.auth.basic(user, password));
        const { records } = await routed.executeQuery('RETURN 1 AS one');
        await routed.close();
        expect(records[0]!.get('one').toNumber()).to.equal(1);
      });

      it('refuses a database that does not exist', async () => {
        const elsewhere = driver.session({ database: 'no-such-database' });
        expect(await codeOf(elsewhere.run('RETURN 1'))).to.equal('Neo.ClientError.Database.DatabaseNotFound');
        await elsewhere.close();
      });

      it('outlives a client that speaks no Bolt', async () => {
        const { hostname, port } = new URL(url());
        const socket = connect({ host: hostname, port: Number(port) });
        socket.end('GET / HTTP/1.1\r\n\r\n');
        socket.resume();
        await new Promise((resolve) => socket.once('close', resolve));
        await driver.verifyConnectivity();
      });
    });

    describe('values', () => {
      const values: readonly (readonly [string, unknown])[] = [
        ['null', null],
        ['true', true],
        ['an empty text', ''],
        ['text beyond ASCII', 'Grüße, 世界 🎈 \'"`\\'],
        ['text of 70,000 characters', 'x'.repeat(70_000)],
        ['the integer 0', neo4j.int(0)],
        ['a negative integer', neo4j.int(-129)],
        ['an integer beyond 2^53', neo4j.int('9007199254740993')],
        ['the largest integer', neo4j.int('9223372036854775807')],
        ['the smallest integer', neo4j.int('-9223372036854775808')],
        ['a float', 2.5],
        ['a float with a whole value', 2],
        ['minus zero', -0],
        ['a huge float', 1e300],
        ['infinity', Number.POSITIVE_INFINITY],
        ['an empty list', []],
        ['a list of integers', [neo4j.int(1), neo4j.int(2)]],
        ['a list of floats', [1, 2.5]],
        ['a list of texts', ['a', 'b']],
        ['a map', { a: neo4j.int(1), b: 1, c: { d: 'x' }, 'odd key': null }],
        [
          'a list of maps',
          [
            { who: 'a', weight: 1 },
            { who: 'b', weight: 0.5 },
          ],
        ],
        ['a date', new neo4j.types.Date(2024, 2, 29)],
        ['a date and time', new neo4j.types.DateTime(2024, 2, 29, 1, 2, 3, 456_000_000, 3600)],
        ['a duration', new neo4j.types.Duration(14, 3, 4, 500_000_000)],
      ];

      for (const [what, value] of values) {
        it(`gives back ${what}`, async () => {
          const { records } = await session.run('RETURN $value AS value', { value });
          expect(plain(records[0]!.get('value'))).to.deep.equal(plain(value));
        });
      }

      const storable = values.filter(([what]) => !what.includes('map') && what !== 'null');
      for (const [what, value] of storable) {
        it(`stores ${what} and reads it again`, async () => {
          await session.run('CREATE (:Value {run: $run, what: $what, value: $value})', { run, what, value });
          const { records } = await session.run('MATCH (n:Value {run: $run, what: $what}) RETURN n, n.value AS value', {
            run,
            what,
          });
          expect(plain(records[0]!.get('value'))).to.deep.equal(plain(value));
          expect(plain(records[0]!.get('n').properties.value)).to.deep.equal(plain(value));
        });
      }

      it('keeps integers and floats of literals apart', async () => {
        const { records } = await session.run('RETURN 2 AS i, 2.0 AS f, 5 / 2 AS q, 5 / 2.0 AS r, toFloat(3) AS t');
        expect(plain(records[0]!.toObject())).to.deep.equal(
          plain({ i: neo4j.int(2), f: 2, q: neo4j.int(2), r: 2.5, t: 3 }),
        );
      });

      it('gives nodes, relationships and paths', async () => {
        const { records } = await session.run(
          `CREATE (a:Hop {run: $run, at: 1})-[r:NEXT {w: 0.5}]->(b:Hop {run: $run, at: 2}) WITH a, b
           MATCH p = (b)<-[r:NEXT]-(a) RETURN a, r, b, p`,
          { run },
        );
        const { a, r, b, p } = records[0]!.toObject();
        expect(a.labels).to.deep.equal(['Hop']);
        expect(a.properties.at.toNumber()).to.equal(1);
        expect([r.type, r.properties]).to.deep.equal(['NEXT', { w: 0.5 }]);
        expect([r.startNodeElementId, r.endNodeElementId]).to.deep.equal([a.elementId, b.elementId]);
        expect(p.length).to.equal(1);
        expect([p.start.elementId, p.end.elementId]).to.deep.equal([b.elementId, a.elementId]);
        expect(p.segments[0].relationship.elementId).to.equal(r.elementId);
      });

      it('finds a node by its element id', async () => {
        const { records } = await session.run('CREATE (n:ById {run: $run}) RETURN n', { run });
        const { elementId } = records[0]!.get('n');
        const found = await session.run('MATCH (n) WHERE elementId(n) = $elementId RETURN n', { elementId });
        expect(found.records[0]!.get('n').elementId).to.equal(elementId);
      });

      it('refuses a map as a property', async () => {
        const work = session.run('CREATE (n:Bad {run: $run, m: $m}) RETURN n', { run, m: { a: 1 } });
        expect(await codeOf(work)).to.equal('Neo.ClientError.Statement.TypeError');
        expect(await count('Bad')).to.equal(0);
      });

      it('names columns as they were written', async () => {
        const { records } = await session.run('UNWIND [1] AS n RETURN n+ 1, count( n ), $x , n AS `odd name`', {
          x: 1,
        });
        expect(records[0]!.keys).to.deep.equal(['n+ 1', 'count( n )', '$x', 'odd name']);
      });
    });

    describe('statements', () => {
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
        expect(plain(records[0]!.toObject())).to.deep.equal(
          plain({ c: neo4j.int(0), s: neo4j.int(0), a: null, l: [] }),
        );
      });

      it('merges: creates once, matches after', async () => {
        const merge = `MERGE (n:Once {run: $run, id: 1}) ON CREATE SET n.created = true, n.seen = 1
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

      it('refuses to delete a node that still has relationships', async () => {
        await session.run('CREATE (:Tied {run: $run})-[:TO]->(:Tied {run: $run})', { run });
        const work = session.run('MATCH (n:Tied {run: $run}) WITH n LIMIT 1 DELETE n', { run });
        expect(await codeOf(work)).to.equal('Neo.ClientError.Schema.ConstraintValidationFailed');
        await session.run('MATCH (n:Tied {run: $run}) DETACH DELETE n', { run });
        expect(await count('Tied')).to.equal(0);
      });

      it('holds a uniqueness constraint', async () => {
        const label = `Unique${run.replaceAll('-', '')}`;
        const created = await session.run(
          `CREATE CONSTRAINT ${label} IF NOT EXISTS FOR (n:${label}) REQUIRE n.id IS UNIQUE`,
        );
        expect(created.summary.counters.updates().constraintsAdded).to.equal(1);
        await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
        const again = session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
        expect(await codeOf(again)).to.equal('Neo.ClientError.Schema.ConstraintValidationFailed');
        await session.run(`DROP CONSTRAINT ${label} IF EXISTS`);
      });
    });

    describe('errors', () => {
      const wrong: readonly (readonly [string, string, string])[] = [
        ['a syntax error', 'MATCH (n RETURN n', 'Neo.ClientError.Statement.SyntaxError'],
        ['an unknown variable', 'RETURN nothing', 'Neo.ClientError.Statement.SyntaxError'],
        ['an unknown function', 'RETURN noSuchFunction(1)', 'Neo.ClientError.Statement.SyntaxError'],
        ['a missing parameter', 'RETURN $missing', 'Neo.ClientError.Statement.ParameterMissing'],
        ['an unknown procedure', 'CALL no.such.procedure()', 'Neo.ClientError.Procedure.ProcedureNotFound'],
        ['a division by zero', 'RETURN 1 / 0', 'Neo.ClientError.Statement.ArithmeticError'],
        ['a MERGE on null', 'MERGE (n:Nothing {id: null})', 'Neo.ClientError.Statement.SemanticError'],
      ];
      for (const [what, text, code] of wrong) {
        it(`names ${what}, and the session goes on`, async () => {
          expect(await codeOf(session.run(text))).to.equal(code);
          const { records } = await session.run('RETURN 1 AS one');
          expect(records[0]!.get('one').toNumber()).to.equal(1);
        });
      }

      it('refuses to write in read access mode', async () => {
        const reader = driver.session({ defaultAccessMode: neo4j.session.READ });
        const work = reader.run('CREATE (:ReadMode {run: $run})', { run });
        expect(await codeOf(work)).to.equal('Neo.ClientError.Statement.AccessMode');
        await reader.close();
        expect(await count('ReadMode')).to.equal(0);
      });
    });

    describe('transactions', () => {
      it('writes and reads in managed transactions', async () => {
        await session.executeWrite((tx) => tx.run('CREATE (:Managed {run: $run})', { run }));
        const n = await session.executeRead(async (tx) => {
          const { records } = await tx.run('MATCH (n:Managed {run: $run}) RETURN count(n) AS n', { run });
          return records[0]!.get('n').toNumber();
        });
        expect(n).to.equal(1);
      });

      it('shows its own writes within, to others only after the commit', async () => {
        const tx = session.beginTransaction();
        await tx.run('CREATE (:Hidden {run: $run})', { run });
        const within = await tx.run('MATCH (n:Hidden {run: $run}) RETURN count(n) AS n', { run });
        expect(within.records[0]!.get('n').toNumber()).to.equal(1);
        expect(await count('Hidden')).to.equal(0);
        await tx.commit();
        expect(await count('Hidden')).to.equal(1);
      });

      it('forgets what was rolled back', async () => {
        const tx = session.beginTransaction();
        await tx.run('CREATE (:Gone {run: $run})', { run });
        await tx.rollback();
        expect(await count('Gone')).to.equal(0);
      });

      it('reads what others committed meanwhile', async () => {
        const tx = session.beginTransaction();
        const read = async (): Promise<number> => {
          const { records } = await tx.run('MATCH (n:Meanwhile {run: $run}) RETURN count(n) AS n', { run });
          return records[0]!.get('n').toNumber();
        };
        expect(await read()).to.equal(0);
        await driver.executeQuery('CREATE (:Meanwhile {run: $run})', { run });
        expect(await read()).to.equal(1);
        await tx.run('MERGE (:Meanwhile {run: $run})', { run });
        await tx.commit();
        expect(await count('Meanwhile')).to.equal(1);
      });

      it('is of no use after a failure, and keeps nothing', async () => {
        const tx = session.beginTransaction();
        await tx.run('CREATE (:Failed {run: $run})', { run });
        expect(await codeOf(tx.run('RETURN nothing'))).to.equal('Neo.ClientError.Statement.SyntaxError');
        expect(await codeOf(tx.run('RETURN 1'))).not.to.equal('no error');
        await tx.close();
        expect(await count('Failed')).to.equal(0);
      });

      it('keeps several results of one transaction apart', async () => {
        const small = driver.session({ fetchSize: 2 });
        const tx = small.beginTransaction();
        const first = tx.run('UNWIND range(1, 7) AS n RETURN n')[Symbol.asyncIterator]();
        const second = tx.run('UNWIND range(11, 17) AS n RETURN n')[Symbol.asyncIterator]();
        const seen: number[] = [];
        for (let i = 0; i < 14; i++) {
          const { value } = await (i % 2 === 0 ? first : second).next();
          if ('get' in value) seen.push(value.get('n').toNumber());
        }
        await first.return?.();
        await second.return?.();
        await tx.commit();
        await small.close();
        expect(seen).to.deep.equal([1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16, 7, 17]);
      });

      it('lets 50 concurrent writers all increment the same node', async () => {
        await session.run('CREATE (:Counter {run: $run, n: 0})', { run });
        await inParallel(50, async (own) => {
          await own.executeWrite((tx) => tx.run('MATCH (c:Counter {run: $run}) SET c.n = c.n + 1', { run }));
        });
        const { records } = await session.run('MATCH (c:Counter {run: $run}) RETURN c.n AS n', { run });
        expect(records[0]!.get('n').toNumber()).to.equal(50);
      });

      it('lets 50 concurrent writers each create and link a node', async () => {
        await session.run('CREATE (:Hub {run: $run})', { run });
        await inParallel(50, async (own, i) => {
          await own.executeWrite(async (tx) => {
            await tx.run('CREATE (:Spoke {run: $run, i: $i})', { run, i: neo4j.int(i) });
            await tx.run('MATCH (h:Hub {run: $run}), (s:Spoke {run: $run, i: $i}) CREATE (s)-[:OF]->(h)', {
              run,
              i: neo4j.int(i),
            });
          });
        });
        const { records } = await session.run('MATCH (:Hub {run: $run})<-[:OF]-(s) RETURN count(DISTINCT s.i) AS n', {
          run,
        });
        expect(records[0]!.get('n').toNumber()).to.equal(50);
      });

      it('merges a node once under 20 concurrent writers, with a constraint', async () => {
        const label = `Merged${run.replaceAll('-', '')}`;
        await session.run(`CREATE CONSTRAINT ${label} IF NOT EXISTS FOR (n:${label}) REQUIRE n.id IS UNIQUE`);
        await inParallel(20, async (own) => {
          await own.executeWrite((tx) =>
            tx.run(`MERGE (n:${label} {run: $run, id: 1}) SET n.seen = coalesce(n.seen, 0) + 1`, { run }),
          );
        });
        const { records } = await session.run(`MATCH (n:${label} {run: $run}) RETURN n.seen AS seen`, { run });
        expect(records.map((record) => record.get('seen').toNumber())).to.deep.equal([20]);
        await session.run(`DROP CONSTRAINT ${label} IF EXISTS`);
      });

      it('rolls back for a client that vanishes, and lets the next writer in', async () => {
        const vanishing = neo4j.driver(url(), neo4j.auth.basic(user, password));
        const tx = vanishing.session().beginTransaction();
        await tx.run('MERGE (n:Vanished {run: $run}) SET n.by = 1', { run });
        await vanishing.close();
        await session.executeWrite((next) => next.run('CREATE (:AfterVanished {run: $run})', { run }));
        expect(await count('Vanished')).to.equal(0);
        expect(await count('AfterVanished')).to.equal(1);
      });

      it('gives bookmarks and takes them', async () => {
        await session.executeWrite((tx) => tx.run('CREATE (:Marked {run: $run})', { run }));
        const bookmarks = session.lastBookmarks();
        expect(bookmarks).to.have.length(1);
        const causal = driver.session({ bookmarks });
        const { records } = await causal.run('MATCH (n:Marked {run: $run}) RETURN n', { run });
        await causal.close();
        expect(records).to.have.length(1);
      });

      it('refuses a bookmark it never gave', async () => {
        const causal = driver.session({ bookmarks: ['no bookmark at all'] });
        expect(await codeOf(causal.run('RETURN 1'))).to.equal('Neo.ClientError.Transaction.InvalidBookmark');
        await causal.close();
      });

      async function inParallel(writers: number, work: (own: Session, i: number) => Promise<void>): Promise<void> {
        await Promise.all(
          Array.from({ length: writers }, async (_, i) => {
            const own = driver.session();
            try {
              await work(own, i);
            } finally {
              await own.close();
            }
          }),
        );
      }
    });

    describe('results', () => {
      it('streams 20,000 rows in small fetches', async () => {
        const small = driver.session({ fetchSize: 100 });
        let sum = 0;
        for await (const record of small.run('UNWIND range(1, 20000) AS n RETURN n')) sum += record.get('n').toNumber();
        await small.close();
        expect(sum).to.equal(200_010_000);
      });

      it('lets the reader stop early', async () => {
        const small = driver.session({ fetchSize: 10 });
        const seen: number[] = [];
        for await (const record of small.run('UNWIND range(1, 1000) AS n RETURN n')) {
          seen.push(record.get('n').toNumber());
          if (seen.length === 15) break;
        }
        const { records } = await small.run('RETURN 1 AS one');
        await small.close();
        expect(seen).to.have.length(15);
        expect(records).to.have.length(1);
      });

      it('writes all of a statement whose result is not read to its end', async () => {
        const small = driver.session({ fetchSize: 2 });
        for await (const _ of small.run('UNWIND range(1, 9) AS i CREATE (n:Unread {run: $run, i: i}) RETURN n', {
          run,
        }))
          break;
        await small.close();
        expect(await count('Unread')).to.equal(9);
      });

      it('counts what was changed', async () => {
        const create = `CREATE (a:Counted {run: $run, x: 1})-[:TO {w: 1}]->(b:Counted:Twice {run: $run})`;
        const created = await session.run(create, { run });
        expect(created.summary.counters.updates()).to.include({
          nodesCreated: 2,
          relationshipsCreated: 1,
          propertiesSet: 4,
          labelsAdded: 3,
        });
        expect(created.summary.queryType).to.equal('w');
        const deleted = await session.run('MATCH (n:Counted {run: $run}) DETACH DELETE n', { run });
        expect(deleted.summary.counters.updates()).to.include({ nodesDeleted: 2, relationshipsDeleted: 1 });
      });

      it('tells reads from writes', async () => {
        const read = await session.run('MATCH (n {run: $run}) RETURN count(n) AS n', { run });
        expect(read.summary.queryType).to.equal('r');
        expect(read.summary.counters.containsUpdates()).to.equal(false);
        const both = await session.run('CREATE (n:Both {run: $run}) RETURN n', { run });
        expect(both.summary.queryType).to.equal('rw');
        expect(both.summary.counters.containsUpdates()).to.equal(true);
        expect(both.summary.database.name).to.equal('neo4j');
      });
    });
  });
}

/** Keeps integers and floats apart: an integer is `{ int }`. */
function plain(value: unknown): unknown {
  if (neo4j.isInt(value)) return { int: value.toString() };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
