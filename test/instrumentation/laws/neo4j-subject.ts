import { createRequire } from 'node:module';
import { Neo4jInstrumentation } from '@tracecourt/instrumentation';
import type { Driver, Session } from 'neo4j-driver';
import { startEmbeddedNeo4j } from '../../../src/embedded/bolt/index.js';
import { subject } from './subject.js';

const require = createRequire(import.meta.url);
const neo4j = () => require('neo4j-driver') as typeof import('neo4j-driver');

interface Graph extends AsyncDisposable {
  readonly driver: Driver;
}

const within = (work: (session: Session) => unknown) => async (graph: Graph) => {
  const session = graph.driver.session({ database: 'neo4j' });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

const LIST = 'UNWIND [1, 2, 3] AS x RETURN x';

export const neo4jSubject = subject<Graph>({
  name: 'neo4j-driver',
  isOurs: true,
  instrument() {
    const instrumentation = new Neo4jInstrumentation();
    neo4j();
    return instrumentation;
  },
  wrapped() {
    const { Session: session, Transaction: transaction } = neo4j() as unknown as Record<string, { prototype: object }>;
    const outlives = { spanOutlives: true };
    return [
      {
        owner: session?.prototype ?? {},
        functions: [
          { label: 'session.run', method: 'run', rule: outlives },
          { label: 'begin', method: '_beginTransaction', rule: outlives },
        ],
      },
      {
        owner: transaction?.prototype ?? {},
        functions: [
          { label: 'transaction.run', method: 'run', rule: outlives },
          { label: 'commit', method: 'commit' },
          { label: 'rollback', method: 'rollback' },
        ],
      },
    ];
  },
  async start() {
    const server = await startEmbeddedNeo4j();
    const driver = neo4j().driver(server.url, neo4j().auth.basic('neo4j', 'test'), { maxTransactionRetryTime: 0 });
    return {
      driver,
      async [Symbol.asyncDispose]() {
        await driver.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  calls: {
    'a query': within(async (session) => {
      const { records } = await session.run(LIST);
      return records.map((record) => record.get('x').toNumber());
    }),
    'a query that is subscribed to': within(
      (session) =>
        new Promise((resolve, reject) => {
          let records = 0;
          const onNext = () => (records += 1);
          session.run(LIST).subscribe({ onNext, onCompleted: () => resolve(records), onError: reject });
        }),
    ),
    'a query that is iterated': within(async (session) => {
      for await (const record of session.run(LIST)) return record.get('x').toNumber();
      return undefined;
    }),
    'a transaction': within(async (session) => {
      const transaction = await session.beginTransaction();
      await transaction.run(LIST);
      return transaction.commit();
    }),
    'a transaction that is rolled back': within(async (session) => {
      const transaction = await session.beginTransaction();
      await transaction.run(LIST);
      return transaction.rollback();
    }),
    'a unit of work': within((session) =>
      session.executeWrite((work) => work.run(LIST).then(({ records }) => records.length)),
    ),
    'a unit of work that fails': within((session) =>
      session.executeWrite(async () => {
        throw new RangeError('mine');
      }),
    ),
    'a query that is none': within((session) => session.run('THIS IS NO CYPHER')),
    'no query at all': within((session) => session.run(42 as unknown as string)),
    'a second commit': within(async (session) => {
      const transaction = await session.beginTransaction();
      await transaction.commit();
      return transaction.commit();
    }),
    'a begin on a closed session': within(async (session) => {
      await session.close();
      return session.beginTransaction();
    }),
  },
});
