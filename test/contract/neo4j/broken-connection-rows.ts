import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import neo4j, { type Driver, type ManagedTransaction } from 'neo4j-driver';
import { failureOf, type Neo4jBench } from './neo4j-bench.js';

const LOST = { code: 'ServiceUnavailable', isRetriable: true };

export function brokenConnectionRows(bench: Neo4jBench): void {
  describe('broken connections', () => {
    const { run } = bench;

    const one = async (driver: Driver): Promise<number> => {
      const { records } = await driver.executeQuery('RETURN 1 AS one');
      return records[0]?.get('one').toNumber();
    };

    /** Another client can lock what the lost transaction had locked: so the server has rolled it back. */
    const untilFree = (label: string) =>
      bench.session().executeWrite((tx) => tx.run(`MATCH (n:${label} {run: $run}) SET n.free = true`, { run }));

    it('are replaced in the pool when they were cut while nobody used them', async () => {
      const { proxy, driver } = await bench.brokenWay();
      await Promise.all(Array.from({ length: 5 }, () => one(driver)));
      const before = proxy.connections;
      proxy.cut();
      while (proxy.connections > 0) await sleep(5);
      expect(before).to.be.greaterThan(1);
      expect(await Promise.all(Array.from({ length: 5 }, () => one(driver)))).to.deep.equal([1, 1, 1, 1, 1]);
    });

    it('fail a reader in mid-result, and the session goes on', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const session = driver.session({ fetchSize: 10 });
      let rows = 0;
      const reading = async (): Promise<void> => {
        for await (const _ of session.run('UNWIND range(1, 10000) AS n RETURN n')) if (++rows === 15) proxy.cut();
      };
      expect(await failureOf(reading())).to.deep.equal(LOST);
      expect(rows).to.be.within(15, 100);
      expect((await session.run('RETURN 1 AS one')).records).to.have.length(1);
    });

    it('fail a reader in the middle of a value', async () => {
      const { proxy, driver } = await bench.brokenWay();
      expect(await one(driver)).to.equal(1);
      proxy.cutAfter(40_000);
      const failure = await failureOf(driver.session().run('RETURN $text AS text', { text: 'x'.repeat(500_000) }));
      expect(failure).to.deep.equal(LOST);
      expect(await one(driver)).to.equal(1);
    });

    it('roll an open transaction back, and free what it had locked', async () => {
      await bench.rows('CREATE (:Locked {run: $run, n: 0})');
      const { proxy, driver } = await bench.brokenWay();
      const tx = driver.session().beginTransaction();
      await tx.run('MATCH (n:Locked {run: $run}) SET n.n = 1 CREATE (:Lost {run: $run})', { run });
      proxy.cut();
      expect(await failureOf(tx.run('RETURN 1'))).to.deep.equal(LOST);
      expect(await failureOf(tx.commit())).to.have.property('isRetriable', false);
      await untilFree('Locked');
      expect(await bench.rows('MATCH (n:Locked {run: $run}) RETURN toFloat(n.n) AS n, n.free AS free')).to.deep.equal([
        { n: 0, free: true },
      ]);
      expect(await bench.count('Lost')).to.equal(0);
    });

    it('roll a transaction back whose client vanishes, and let the next writer in', async () => {
      const vanishing = bench.otherDriver();
      const tx = vanishing.session().beginTransaction();
      await tx.run('MERGE (n:Vanished {run: $run}) SET n.by = 1', { run });
      await vanishing.close();
      await bench.session().executeWrite((next) => next.run('CREATE (:AfterVanished {run: $run})', { run }));
      expect(await bench.count('Vanished')).to.equal(0);
      expect(await bench.count('AfterVanished')).to.equal(1);
    });

    it('let the driver call the work of a writer again, and keep one of its writes', async () => {
      const { proxy, driver } = await bench.brokenWay();
      let calls = 0;
      await driver.session().executeWrite(async (tx) => {
        calls++;
        await tx.run('CREATE (:Again {run: $run})', { run });
        if (calls <= 2) proxy.cut();
        await tx.run('RETURN 1');
      });
      expect(calls).to.equal(3);
      expect(await bench.count('Again')).to.equal(1);
    });

    it('let the driver call the work of a reader again', async () => {
      const { proxy, driver } = await bench.brokenWay();
      let calls = 0;
      const records = await driver.session().executeRead(async (tx) => {
        calls++;
        const result = tx.run('UNWIND range(1, 1000) AS n RETURN n');
        if (calls === 1) proxy.cut();
        return (await result).records;
      });
      expect(calls).to.equal(2);
      expect(records).to.have.length(1000);
    });

    it('fail the work in the end, when each of its calls is cut', async () => {
      const { proxy, driver } = await bench.brokenWay({ maxTransactionRetryTime: 1500 });
      let calls = 0;
      const work = driver.session().executeWrite(async (tx) => {
        calls++;
        await tx.run('CREATE (:Never {run: $run})', { run });
        proxy.cut();
        await tx.run('RETURN 1');
      });
      expect(await failureOf(work)).to.deep.equal(LOST);
      expect(calls).to.be.greaterThan(1);
      expect(await bench.count('Never')).to.equal(0);
    });

    it('leave it open whether a commit that was not answered has happened: it has', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const tx = driver.session().beginTransaction();
      await tx.run('CREATE (:Unanswered {run: $run})', { run });
      proxy.cutAfter(0);
      expect(await failureOf(tx.commit())).to.deep.equal(LOST);
      expect(await bench.count('Unanswered')).to.equal(1);
    });

    const repeated: readonly (readonly [string, string, number])[] = [
      ['twice by CREATE', 'CREATE (:TwiceCreated {run: $run, id: 1})', 2],
      ['once by MERGE', 'MERGE (:OnceMerged {run: $run, id: 1})', 1],
    ];
    for (const [what, text, count] of repeated) {
      it(`let the driver do work again whose commit was not answered: ${what}`, async () => {
        const { proxy, driver } = await bench.brokenWay();
        let calls = 0;
        await driver.session().executeWrite(async (tx: ManagedTransaction) => {
          calls++;
          await tx.run(text, { run });
          if (calls === 1) proxy.cutAfter(0);
        });
        expect(calls).to.equal(2);
        expect(await bench.count(/:(\w+)/.exec(text)?.[1] ?? '')).to.equal(count);
      });
    }

    it('keep none of 10 writers from their work, all cut at the same time', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const sessions = Array.from({ length: 10 }, () => driver.session());
      // So that none is logging on at the cut: the driver does not try that again.
      await Promise.all(sessions.map((session) => session.executeRead((tx) => tx.run('RETURN 1'))));
      let calls = 0;
      await Promise.all(
        sessions.map((session, i) =>
          session.executeWrite(async (tx) => {
            calls++;
            await tx.run('MERGE (:Survivor {run: $run, id: $id})', { run, id: neo4j.int(i) });
            if (calls === 10) proxy.cut();
          }),
        ),
      );
      expect(calls).to.be.greaterThan(10);
      expect(await bench.count('Survivor')).to.equal(10);
    });

    it('fail a client whose server does not answer, in the time that it allows', async () => {
      const { proxy, driver } = await bench.brokenWay({ connectionAcquisitionTimeout: 2_000 });
      proxy.hold();
      // Nobody knows of such a connection that it is lost: to try again is left to the client.
      expect(await failureOf(driver.session().run('RETURN 1'))).to.deep.equal({ code: 'N/A', isRetriable: false });
      proxy.release();
      expect(await one(driver)).to.equal(1);
    });
  });
}
