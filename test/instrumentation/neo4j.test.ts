import { expect } from 'chai';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { Span } from '../../src/model/index.js';
import { skip } from '../helpers/skip.js';
import {
  type Outcome,
  plain,
  runCases,
  startTracedPrograms,
  type TracedPrograms,
  told,
} from '../helpers/traced-cases.js';

interface Row {
  readonly body: string;
  /** Spans in the order in which they start, see `told`. */
  readonly told: readonly string[];
  readonly outcome?: Outcome;
}

const LIST = `'UNWIND [1,2,3] AS x RETURN x'`;
const ONE = ['UNWIND'];
const MANAGED = ['BEGIN', 'UNWIND', 'COMMIT'];

const READINGS: Readonly<Record<string, Row>> = {
  'a promise': { body: `await session.run(${LIST});`, told: ONE },
  subscribe: {
    body: `await new Promise((onCompleted, onError) => session.run(${LIST}).subscribe({ onCompleted, onError }));`,
    told: ONE,
  },
  'for await': {
    body: `let n = 0; for await (const _ of session.run(${LIST})) n++; return n;`,
    told: ONE,
    outcome: { returned: 3 },
  },
  'for await left by break': { body: `for await (const _ of session.run(${LIST})) break;`, told: ONE },
  'for await left by an error': {
    body: `for await (const _ of session.run(${LIST})) throw new RangeError('enough');`,
    told: ONE,
    outcome: { thrown: { name: 'RangeError', message: 'enough' } },
  },
  'a peek at the first record': {
    body: `
      const iterator = session.run(${LIST})[Symbol.asyncIterator]();
      const first = (await iterator.peek()).value.get('x').toNumber();
      await iterator.return();
      return first;`,
    told: ONE,
    outcome: { returned: 1 },
  },
  'its summary': {
    body: `return (await session.run(${LIST}).summary()).queryType;`,
    told: ONE,
    outcome: { returned: 'r' },
  },
  nobody: { body: `session.run(${LIST}); await new Promise((resolve) => setTimeout(resolve, 100));`, told: ONE },
  'nobody in a session that is closed at once': { body: `session.run(${LIST});`, told: ['UNWIND: Neo4jError'] },
  executeRead: { body: `await session.executeRead((tx) => tx.run(${LIST}));`, told: MANAGED },
  executeWrite: { body: `await session.executeWrite((tx) => tx.run(${LIST}));`, told: MANAGED },
  'for await within executeWrite': {
    body: `await session.executeWrite(async (tx) => { for await (const _ of tx.run(${LIST})) break; });`,
    told: MANAGED,
  },
  executeQuery: { body: `await driver.executeQuery(${LIST}, {}, { database });`, told: MANAGED },
  'an explicit transaction': {
    body: `const tx = await session.beginTransaction(); await tx.run(${LIST}); await tx.commit();`,
    told: MANAGED,
  },
  'a transaction that is rolled back': {
    body: `const tx = await session.beginTransaction(); await tx.run(${LIST}); await tx.rollback();`,
    told: ['BEGIN', 'UNWIND', 'ROLLBACK'],
  },
  'a transaction that is closed': {
    body: `const tx = await session.beginTransaction(); await tx.run(${LIST}); await tx.close();`,
    told: ['BEGIN', 'UNWIND', 'ROLLBACK'],
  },
  'a reactive session': {
    body: `
      const rx = driver.rxSession({ database });
      await new Promise((complete, error) => rx.run(${LIST}).records().subscribe({ complete, error }));
      await new Promise((complete, error) => rx.close().subscribe({ complete, error }));`,
    told: ONE,
  },
};

const FAILURES: Readonly<Record<string, Row>> = {
  'a query that is none': {
    body: `await session.run('THIS IS NO CYPHER');`,
    told: ['neo4j: Neo.ClientError.Statement.SyntaxError'],
  },
  'what the driver throws at once': {
    body: `session.run(42);`,
    told: ['neo4j: TypeError'],
  },
  'work that fails': {
    body: `await session.executeWrite(async (tx) => { await tx.run(${LIST}); throw new RangeError('mine'); });`,
    told: ['BEGIN', 'UNWIND', 'ROLLBACK'],
    outcome: { thrown: { name: 'RangeError', message: 'mine' } },
  },
  'a query after the commit': {
    body: `const tx = await session.beginTransaction(); await tx.commit(); await tx.run(${LIST});`,
    told: ['BEGIN', 'COMMIT', 'UNWIND: Neo4jError'],
  },
  'a second commit': {
    body: `const tx = await session.beginTransaction(); await tx.commit(); await tx.commit();`,
    told: ['BEGIN', 'COMMIT', 'COMMIT: Neo4jError'],
  },
  'a closed session': {
    body: `await session.close(); session.beginTransaction();`,
    told: ['BEGIN: Neo4jError'],
  },
  'work that succeeds at the third attempt': {
    body: `
      let attempt = 0;
      return session.executeWrite(async (tx) => {
        await tx.run(${LIST});
        attempt++;
        if (attempt < 3) throw Object.assign(new neo4j.Neo4jError('busy', 'Neo.TransientError.General.Any'), { retriable: true, retryable: true });
        return attempt;
      });`,
    told: ['BEGIN', 'UNWIND', 'ROLLBACK', 'BEGIN', 'UNWIND', 'ROLLBACK', 'BEGIN', 'UNWIND', 'COMMIT'],
    outcome: { returned: 3 },
  },
};

const ROWS = { ...READINGS, ...FAILURES };

interface Graph extends AsyncDisposable {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const { NEO4J_URL, NEO4J_USER = 'neo4j', NEO4J_PASSWORD = '' } = process.env;

neo4jUnderTracing('embedded', async () => {
  const server = await startEmbeddedNeo4j();
  return {
    url: server.url,
    user: 'neo4j',
    password: 'test',
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
if (NEO4J_URL) {
  const real = { url: NEO4J_URL, user: NEO4J_USER, password: NEO4J_PASSWORD };
  neo4jUnderTracing('real', async () => ({ ...real, [Symbol.asyncDispose]: async () => undefined }));
} else {
  describe('neo4j-driver under tracing, real', () => {
    it('tells of every row', function () {
      skip(this, 'set NEO4J_URL, NEO4J_USER and NEO4J_PASSWORD, or run npm run test:real');
    });
  });
}

function neo4jUnderTracing(name: string, start: () => Promise<Graph>): void {
  describe(`neo4j-driver under tracing, ${name}`, () => {
    let programs: TracedPrograms;
    let graph: Graph;
    let outcomes: Readonly<Record<string, Outcome>>;

    const setup = `
import neo4j from 'neo4j-driver';
const database = 'neo4j';
const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD } = process.env;
const driver = neo4j.driver(NEO4J_URL, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), { maxTransactionRetryTime: 10_000 });
const within = (body) => async () => {
  const session = driver.session({ database });
  try { return await body(session); } finally { await session.close(); }
};
await driver.executeQuery('RETURN 1');
`;
    const inSession = ({ body }: Row) => `return within(async (session) => {${body}})();`;

    before(async () => {
      programs = await startTracedPrograms();
      graph = await start();
      const environment = { NEO4J_URL: graph.url, NEO4J_USER: graph.user, NEO4J_PASSWORD: graph.password };
      const cases = {
        setup,
        cases: {
          ...Object.fromEntries(Object.entries(ROWS).map(([id, row]) => [id, inSession(row)])),
          attributes: `await driver.executeQuery("CREATE (d:Traced {id: $id, note: 'secret', size: 3}) DELETE d", { id: 'd-1' }, { database });`,
        },
        teardown: 'await driver.close();',
      };
      outcomes = await runCases(programs, { service: 'graph-client', cases, environment });
    });
    after(async () => {
      await graph?.[Symbol.asyncDispose]();
      await programs?.[Symbol.asyncDispose]();
    });

    for (const [id, row] of Object.entries(ROWS)) {
      it(`tells of ${id}, and ends every span with its work`, async () => {
        const request = await programs.request(id);
        expect(told(request)).to.deep.equal(row.told);
        expect(request.completedBy).to.equal('accounted');
        if (row.outcome) expect(outcomes[id]).to.deep.equal(row.outcome);
        else expect(outcomes[id]).to.have.property(id in FAILURES ? 'thrown' : 'returned');
      });
    }

    it('keeps work in the step that does it', async () => {
      const { spans } = await programs.request('an explicit transaction');
      const step = spans.find(({ name: spanName }) => spanName === 'step');
      const parents = spans.filter((span) => span !== step).map(({ parentSpanId }) => parentSpanId);
      expect(new Set(parents)).to.deep.equal(new Set([step?.spanId]));
    });

    it('says where a query goes and what it does, without values', async () => {
      const { spans } = await programs.request('attributes');
      const create = spans.find(({ name: spanName }) => spanName.startsWith('CREATE')) as Span;
      expect(create).to.include({ name: 'CREATE Traced DELETE', kind: 'client' });
      expect(plain(create.attributes)).to.include({
        'db.system.name': 'neo4j',
        'db.namespace': 'neo4j',
        'db.operation.name': 'CREATE',
        'db.collection.name': 'Traced',
        'db.query.summary': 'CREATE Traced DELETE',
        'db.query.text': 'CREATE (d:Traced {id: $id, note: ?, size: ?}) DELETE d',
        'server.address': new URL(graph.url).hostname,
      });
      const commit = spans.find(({ name: spanName }) => spanName === 'COMMIT') as Span;
      expect(plain(commit.attributes)).to.include({ 'db.operation.name': 'COMMIT', 'db.namespace': 'neo4j' });
    });

    it('gives the code of a failure', async () => {
      const { spans } = await programs.request('a query that is none');
      const code = 'Neo.ClientError.Statement.SyntaxError';
      const failed = spans.find(({ name: spanName }) => spanName === 'neo4j') as Span;
      expect(plain(failed.attributes)).to.include({ 'db.response.status_code': code, 'error.type': code });
    });
  });
}
