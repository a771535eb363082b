import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Session, Transaction } from 'neo4j-driver';
import { codeOf, failureOf, type Neo4jBench } from './neo4j-bench.js';

export function transactionRows(bench: Neo4jBench): void {
  describe('transactions', () => {
    const { run } = bench;
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    const countIn = async (tx: Pick<Transaction, 'run'>, label: string): Promise<number> => {
      const { records } = await tx.run(`MATCH (n:${label} {run: $run}) RETURN count(n) AS n`, { run });
      return records[0]?.get('n').toNumber();
    };

    it('writes and reads in managed transactions', async () => {
      await session.executeWrite((tx) => tx.run('CREATE (:ManagedWrite {run: $run})', { run }));
      expect(await session.executeRead((tx) => countIn(tx, 'ManagedWrite'))).to.equal(1);
    });

    it('does several statements together', async () => {
      const tx = session.beginTransaction();
      await tx.run('CREATE (:AllOfIt {run: $run, at: 1})', { run });
      await tx.run('MATCH (a:AllOfIt {run: $run, at: 1}) CREATE (a)-[:TO]->(:AllOfIt {run: $run, at: 2})', { run });
      await tx.run('MATCH (n:AllOfIt {run: $run, at: 2}) SET n.done = true', { run });
      expect(await bench.count('AllOfIt')).to.equal(0);
      await tx.commit();
      const rows = await bench.rows('MATCH (:AllOfIt {run: $run})-[:TO]->(n {done: true}) RETURN n');
      expect(rows).to.have.length(1);
    });

    it('shows its own writes within, to others only after the commit', async () => {
      const tx = session.beginTransaction();
      await tx.run('CREATE (:Hidden {run: $run})', { run });
      expect(await countIn(tx, 'Hidden')).to.equal(1);
      expect(await bench.count('Hidden')).to.equal(0);
      await tx.commit();
      expect(await bench.count('Hidden')).to.equal(1);
    });

    it('forgets what was rolled back: created, changed and deleted', async () => {
      await session.run('CREATE (:Back {run: $run, n: 1})-[:TO]->(:Back {run: $run, n: 1})', { run });
      const tx = session.beginTransaction();
      await tx.run('CREATE (:Back {run: $run, n: 2})', { run });
      await tx.run('MATCH (n:Back {run: $run}) SET n.n = 3, n:Changed REMOVE n:Back', { run });
      await tx.run('MATCH (n:Changed {run: $run}) DETACH DELETE n', { run });
      expect(await countIn(tx, 'Back')).to.equal(0);
      await tx.rollback();
      const rows = await bench.rows('MATCH (a:Back {run: $run, n: 1})-[:TO]->(b:Back {n: 1}) RETURN a, b');
      expect(rows).to.have.length(1);
      expect(await bench.count('Changed')).to.equal(0);
    });

    it('is rolled back when it is closed without a commit', async () => {
      const tx = session.beginTransaction();
      await tx.run('CREATE (:Closed {run: $run})', { run });
      await tx.close();
      expect(tx.isOpen()).to.equal(false);
      const left = bench.session();
      await left.beginTransaction().run('CREATE (:Closed {run: $run})', { run });
      await left.close();
      expect(await bench.count('Closed')).to.equal(0);
    });

    it('is of no use once it is over', async () => {
      const tx = session.beginTransaction();
      await tx.commit();
      expect(await codeOf(tx.run('RETURN 1'))).not.to.equal('no error');
      expect(await codeOf(tx.commit())).not.to.equal('no error');
    });

    it('reads what others committed meanwhile', async () => {
      const tx = session.beginTransaction();
      expect(await countIn(tx, 'Meanwhile')).to.equal(0);
      await bench.rows('CREATE (:Meanwhile {run: $run})');
      expect(await countIn(tx, 'Meanwhile')).to.equal(1);
      await tx.run('MERGE (:Meanwhile {run: $run})', { run });
      await tx.commit();
      expect(await bench.count('Meanwhile')).to.equal(1);
    });

    it('loses an update that is computed from what was read before', async () => {
      await session.run('CREATE (:Stale {run: $run, n: 0})', { run });
      const [one, other] = [bench.session().beginTransaction(), bench.session().beginTransaction()];
      const read = async (tx: Transaction): Promise<number> => {
        const { records } = await tx.run('MATCH (n:Stale {run: $run}) RETURN n.n AS n', { run });
        return Number(records[0]?.get('n'));
      };
      const [first, second] = [await read(one), await read(other)];
      await one.run('MATCH (n:Stale {run: $run}) SET n.n = $n', { run, n: first + 1 });
      await one.commit();
      await other.run('MATCH (n:Stale {run: $run}) SET n.n = $n', { run, n: second + 1 });
      await other.commit();
      expect(await bench.rows('MATCH (n:Stale {run: $run}) RETURN n.n AS n')).to.deep.equal([{ n: 1 }]);
    });

    it('is of no use after a failure, and keeps nothing', async () => {
      const tx = session.beginTransaction();
      await tx.run('CREATE (:Failed {run: $run})', { run });
      expect(await codeOf(tx.run('RETURN nothing'))).to.equal('Neo.ClientError.Statement.SyntaxError');
      expect(await codeOf(tx.run('RETURN 1'))).not.to.equal('no error');
      expect(await codeOf(tx.commit())).not.to.equal('no error');
      await tx.close();
      expect(await bench.count('Failed')).to.equal(0);
    });

    it('is ended when it takes longer than the client allows, and keeps nothing', async () => {
      const tx = session.beginTransaction({ timeout: 100 });
      let failure = await failureOf(tx.run('CREATE (:Slow {run: $run})', { run }));
      for (let tries = 0; !failure && tries < 50; tries++) {
        await sleep(200);
        failure = await failureOf(tx.run('RETURN 1'));
      }
      expect(failure).to.deep.equal({
        code: 'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration',
        isRetriable: false,
      });
      expect(await codeOf(tx.commit())).not.to.equal('no error');
      expect(await bench.count('Slow')).to.equal(0);
    });

    it('may take as long as it likes without a limit', async () => {
      const tx = session.beginTransaction({ timeout: 0, metadata: { why: 'no limit' } });
      await tx.run('CREATE (:Patient {run: $run})', { run });
      await sleep(300);
      await tx.commit();
      expect(await bench.count('Patient')).to.equal(1);
    });

    it('calls its work once where trying again is of no use, and keeps nothing', async () => {
      let calls = 0;
      const failing = (then: () => unknown) =>
        session.executeWrite(async (tx) => {
          calls++;
          await tx.run('CREATE (:GivenUp {run: $run})', { run });
          await then();
          await tx.run('RETURN nothing');
        });
      expect(await codeOf(failing(() => undefined))).to.equal('Neo.ClientError.Statement.SyntaxError');
      const own = failing(() => {
        throw new Error('the work gives up');
      });
      expect(await codeOf(own)).to.equal('Error: the work gives up');
      expect(calls).to.equal(2);
      expect(await bench.count('GivenUp')).to.equal(0);
    });
  });
}
