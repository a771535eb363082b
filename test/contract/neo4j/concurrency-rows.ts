import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import neo4j, { type ManagedTransaction, type Session } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, type Failure, failureOf, inParallel, type Neo4jBench } from './neo4j-bench.js';

/** How long one transaction waits for another to come to the same point; on the embedded graph, it never does. */
const MEETING_MS = 3000;

export function concurrencyRows(bench: Neo4jBench, differs: Differs): void {
  describe('writers at the same time', () => {
    const { run } = bench;
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    const withConstraint = async (work: (label: string) => Promise<void>): Promise<void> => {
      const label = bench.unique('Merged');
      await session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE n.id IS UNIQUE`);
      try {
        await work(label);
      } finally {
        await session.run(`DROP CONSTRAINT ${label}`);
      }
    };

    it('all increment the same node, 50 of them', async () => {
      await session.run('CREATE (:Counter {run: $run, n: 0})', { run });
      await inParallel(bench, 50, async (own) => {
        await own.executeWrite((tx) => tx.run('MATCH (c:Counter {run: $run}) SET c.n = c.n + 1', { run }));
      });
      const { records } = await session.run('MATCH (c:Counter {run: $run}) RETURN c.n AS n', { run });
      expect(records[0]?.get('n').toNumber()).to.equal(50);
    });

    it('each create and link a node, 50 of them', async () => {
      await session.run('CREATE (:Hub {run: $run})', { run });
      await inParallel(bench, 50, async (own, at) => {
        const i = neo4j.int(at);
        await own.executeWrite(async (tx) => {
          await tx.run('CREATE (:Spoke {run: $run, i: $i})', { run, i });
          await tx.run('MATCH (h:Hub {run: $run}), (s:Spoke {run: $run, i: $i}) CREATE (s)-[:OF]->(h)', { run, i });
        });
      });
      const text = 'MATCH (:Hub {run: $run})<-[:OF]-(s) RETURN count(DISTINCT s.i) AS n';
      expect((await session.run(text, { run })).records[0]?.get('n').toNumber()).to.equal(50);
    });

    it('merge one node with a constraint, 20 of them, and it is one', async () => {
      await withConstraint(async (label) => {
        await inParallel(bench, 20, async (own) => {
          await own.executeWrite((tx) =>
            tx.run(`MERGE (n:${label} {run: $run, id: 1}) SET n.seen = coalesce(n.seen, 0) + 1`, { run }),
          );
        });
        const { records } = await session.run(`MATCH (n:${label} {run: $run}) RETURN n.seen AS seen`, { run });
        expect(records.map((record) => record.get('seen').toNumber())).to.deep.equal([20]);
      });
    });

    it('merge 10 nodes with a constraint, 4 each, and create each once', async () => {
      await withConstraint(async (label) => {
        let created = 0;
        await inParallel(bench, 40, async (own, i) => {
          const { summary } = await own.executeWrite((tx) =>
            tx.run(`MERGE (n:${label} {run: $run, id: $id}) ON MATCH SET n.again = true RETURN n`, { run, id: i % 10 }),
          );
          created += summary.counters.updates().nodesCreated;
        });
        expect(created).to.equal(10);
        expect(await bench.count(label)).to.equal(10);
      });
    });

    it('merge one relationship between two nodes, 20 of them, and it is one', async () => {
      await session.run('CREATE (:End {run: $run, at: 1}), (:End {run: $run, at: 2})', { run });
      await inParallel(bench, 20, async (own) => {
        await own.executeWrite((tx) =>
          tx.run('MATCH (a:End {run: $run, at: 1}), (b:End {run: $run, at: 2}) MERGE (a)-[:TO]->(b)', { run }),
        );
      });
      const text = 'MATCH (:End {run: $run})-[r:TO]->(:End) RETURN count(r) AS n';
      expect((await session.run(text, { run })).records[0]?.get('n').toNumber()).to.equal(1);
    });

    it('merge one node without a constraint, 20 of them, and each is given one', async () => {
      const label = bench.unique('Unguarded');
      let given = 0;
      await inParallel(bench, 20, async (own) => {
        const { records } = await own.executeWrite((tx) =>
          tx.run(`MERGE (n:${label} {run: $run, id: 1}) RETURN n`, { run }),
        );
        given += records.length;
      });
      expect(given).to.be.at.least(20);
      expect(await bench.count(label)).to.be.within(1, 20);
    });

    /** Two transactions that merge one node, the second before the first has committed. Gives the number of nodes. */
    const mergeTwice = async (label: string): Promise<number> => {
      const [first, second] = [bench.session().beginTransaction(), bench.session().beginTransaction()];
      const merge = `MERGE (n:${label} {run: $run, id: 1}) RETURN n`;
      await first.run(merge, { run });
      const merging = second.run(merge, { run }).then(() => undefined);
      await Promise.race([merging, sleep(MEETING_MS)]);
      await first.commit();
      await merging;
      await second.commit();
      return bench.count(label);
    };

    it('wait for one another where they merge one node with a constraint', async () => {
      await withConstraint(async (label) => {
        expect(await mergeTwice(label)).to.equal(1);
      });
    });

    differs('two transactions that merge one node without a constraint', {
      see: () => mergeTwice(bench.unique('Unguarded')),
      real: { does: 'makes two nodes', answer: 2 },
      embedded: { does: 'lets the second wait for the first: one node', answer: 1 },
    });

    it('wait for one another no longer than they are allowed to', async () => {
      await session.run('CREATE (:Held {run: $run, n: 0})', { run });
      const tx = session.beginTransaction();
      await tx.run('MATCH (n:Held {run: $run}) SET n.n = 1', { run });
      const waiting = bench.session().run('MATCH (n:Held {run: $run}) SET n.n = 2', { run }, { timeout: 300 });
      const failure = await failureOf(waiting);
      expect(failure).to.deep.equal({ code: 'Neo.ClientError.Transaction.LockClientStopped', isRetriable: false });
      await tx.commit();
      const rows = await bench.rows('MATCH (n:Held {run: $run}) RETURN toFloat(n.n) AS n');
      expect(rows).to.deep.equal([{ n: 1 }]);
    });

    differs('two transactions that write different nodes', {
      see: async () => {
        const tx = session.beginTransaction();
        await tx.run('CREATE (:Apart {run: $run})', { run });
        const other = bench.session().run('CREATE (:Apart {run: $run})', { run }, { timeout: MEETING_MS });
        return codeOf(other).finally(() => tx.rollback());
      },
      real: { does: 'lets both go on', answer: 'no error' },
      embedded: {
        does: 'has one lock: the second waits until the first has ended',
        answer: 'Neo.ClientError.Transaction.LockClientStopped',
      },
    });

    it('do not make readers wait', async () => {
      await session.run('CREATE (:Read {run: $run, n: 1})', { run });
      const tx = session.beginTransaction();
      await tx.run('MATCH (n:Read {run: $run}) SET n.n = 2', { run });
      expect(await bench.rows('MATCH (n:Read {run: $run}) RETURN toFloat(n.n) AS n')).to.deep.equal([{ n: 1 }]);
      await tx.rollback();
    });

    differs('two managed transactions that lock two nodes in opposite order', {
      see: async () => {
        await session.run('UNWIND ["a", "b"] AS id CREATE (:Lock {run: $run, id: id, n: 0.0})', { run });
        const failures: Failure[] = [];
        let calls = 0;
        const increment = (tx: ManagedTransaction, id: string) =>
          tx.run('MATCH (n:Lock {run: $run, id: $id}) SET n.n = n.n + 1', { run, id });
        const meeting = meetingOf(2);
        const work = async (first: string, second: string): Promise<void> => {
          let attempts = 0;
          await bench.session().executeWrite(async (tx) => {
            calls++;
            await increment(tx, first);
            if (++attempts === 1) await meeting();
            const locking = increment(tx, second);
            const failure = await failureOf(locking);
            if (failure) failures.push(failure);
            await locking;
          });
        };
        await Promise.all([work('a', 'b'), work('b', 'a')]);
        const rows = await bench.rows('MATCH (n:Lock {run: $run}) RETURN n.n AS n');
        return { failures: failures.slice(0, 1), isCalledAgain: calls > 2, counts: rows.map(({ n }) => n) };
      },
      real: {
        does: 'finds the deadlock and fails one of them; the driver calls its work again',
        answer: {
          failures: [{ code: 'Neo.TransientError.Transaction.DeadlockDetected', isRetriable: true }],
          isCalledAgain: true,
          counts: [2, 2],
        },
      },
      embedded: {
        does: 'lets the second wait from its first write on: no deadlock',
        answer: { failures: [], isCalledAgain: false, counts: [2, 2] },
      },
    });
  });
}

/** Resolves when so many have come, or when nobody comes any more. */
function meetingOf(count: number): () => Promise<unknown> {
  let come = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (++come === count) open();
    return Promise.race([all, sleep(MEETING_MS)]);
  };
}
