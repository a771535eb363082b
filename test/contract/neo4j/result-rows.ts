import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Integer, Result, ResultSummary, Record as Row, Session } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, failureOf, inParallel, type Neo4jBench } from './neo4j-bench.js';

const ROWS = 100_000;
const FILLER = 'x'.repeat(100);
const LARGE = `UNWIND range(1, ${ROWS}) AS n RETURN n, $filler AS filler`;
/** The whole is more than ten times as much. */
const SMALL_BYTES = 1_000_000;

async function sum(result: Result): Promise<number> {
  let total = 0;
  for await (const record of result) total += (record.get('n') as Integer).toNumber();
  return total;
}

/** Reads so many rows, and no more. */
async function readSome(result: Result, count: number): Promise<number[]> {
  const seen: number[] = [];
  for await (const record of result) {
    seen.push((record.get('n') as Integer).toNumber());
    if (seen.length === count) break;
  }
  return seen;
}

function numberOf({ value }: IteratorResult<Row, ResultSummary>): number {
  return 'get' in value ? value.get('n').toNumber() : Number.NaN;
}

export function resultRows(bench: Neo4jBench, differs: Differs): void {
  describe('results', () => {
    const { run } = bench;
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    for (const [what, fetchSize] of [
      ['1,000 at a time', 1000],
      ['all at once', -1],
    ] as const) {
      it(`gives 100,000 rows, ${what}`, async () => {
        const reader = bench.session({ fetchSize });
        expect(await sum(reader.run(LARGE, { filler: '' }))).to.equal((ROWS * (ROWS + 1)) / 2);
      });
    }

    it('gives 20,000 rows in fetches of 100', async () => {
      const reader = bench.session({ fetchSize: 100 });
      expect(await sum(reader.run('UNWIND range(1, 20000) AS n RETURN n'))).to.equal(200_010_000);
    });

    it('waits while the reader does, and then gives the rest', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const reader = driver.session({ fetchSize: 100 });
      const rows = reader.run(LARGE, { filler: FILLER })[Symbol.asyncIterator]();
      for (let i = 1; i <= 10; i++) expect(numberOf(await rows.next())).to.equal(i);
      await untilSteady(() => proxy.answeredBytes);
      expect(proxy.answeredBytes)
        .to.be.greaterThan(10 * FILLER.length)
        .and.lessThan(SMALL_BYTES);
      let last = 10;
      for (let row = await rows.next(); !row.done; row = await rows.next()) last = numberOf(row);
      expect(last).to.equal(ROWS);
      expect(proxy.answeredBytes).to.be.greaterThan(ROWS * FILLER.length);
    });

    it('sends nothing more when the reader stops early, and the session goes on', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const reader = driver.session({ fetchSize: 10 });
      expect(await readSome(reader.run(LARGE, { filler: FILLER }), 15)).to.have.length(15);
      const { records } = await reader.run('RETURN 1 AS one');
      expect(records).to.have.length(1);
      expect(proxy.answeredBytes).to.be.lessThan(SMALL_BYTES);
    });

    it('gives the summary of a result that nobody reads', async () => {
      const { proxy, driver } = await bench.brokenWay();
      const summary = await driver.session({ fetchSize: 10 }).run(LARGE, { filler: FILLER }).summary();
      expect(summary.queryType).to.equal('r');
      expect(proxy.answeredBytes).to.be.lessThan(SMALL_BYTES);
    });

    it('writes all of a statement whose result is not read to its end', async () => {
      const small = bench.session({ fetchSize: 2 });
      await readSome(
        small.run('UNWIND range(1, 9) AS i CREATE (n:Unread {run: $run, i: i}) RETURN n.i AS n', { run }),
        1,
      );
      await small.close();
      expect(await bench.count('Unread')).to.equal(9);
    });

    it('tells of a failure in mid-result, and keeps nothing of its writes', async () => {
      const small = bench.session({ fetchSize: 10 });
      const text = 'UNWIND range(1, 100) AS i CREATE (x:Mid {run: $run, n: 100 / (50 - i)}) RETURN x.n AS n';
      const failure = await failureOf(sum(small.run(text, { run })));
      expect(failure).to.deep.equal({ code: 'Neo.ClientError.Statement.ArithmeticError', isRetriable: false });
      expect(await bench.count('Mid')).to.equal(0);
      expect((await small.run('RETURN 1 AS one')).records).to.have.length(1);
    });

    it('keeps several results of one transaction apart', async () => {
      const tx = bench.session({ fetchSize: 2 }).beginTransaction();
      const first = tx.run('UNWIND range(1, 7) AS n RETURN n')[Symbol.asyncIterator]();
      const second = tx.run('UNWIND range(11, 17) AS n RETURN n')[Symbol.asyncIterator]();
      const seen: number[] = [];
      for (let i = 0; i < 14; i++) {
        seen.push(numberOf(await (i % 2 === 0 ? first : second).next()));
      }
      await first.return?.();
      await second.return?.();
      await tx.commit();
      expect(seen).to.deep.equal([1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16, 7, 17]);
    });

    it('gives 20 readers 5,000 rows each at the same time', async () => {
      const totals: number[] = [];
      await inParallel(bench, 20, async (own) => {
        totals.push(await sum(own.run('UNWIND range(1, 5000) AS n RETURN n')));
      });
      expect(totals).to.deep.equal(Array(20).fill(12_502_500));
    });

    it('carries a value of a megabyte and a list of 100,000, there and back', async () => {
      const text = 'y'.repeat(1_000_000);
      const list = Array.from({ length: ROWS }, (_, i) => i + 0.5);
      const { records } = await session.run('RETURN $text AS text, $list AS list', { text, list });
      expect(records[0]?.get('text')).to.have.length(text.length);
      expect(records[0]?.get('list')).to.have.length(list.length);
      expect(records[0]?.get('list').at(-1)).to.equal(ROWS - 0.5);
    });

    differs('a statement with parameters of more than 16 MiB', {
      see: async () => {
        const text = 'z'.repeat(17 * 1024 * 1024);
        const code = await codeOf(session.run('RETURN size($text) AS size', { text }));
        const { records } = await session.run('RETURN 1 AS one');
        return [code, records.length];
      },
      real: { does: 'takes it', answer: ['no error', 1] },
      embedded: { does: 'refuses it, and ends the connection', answer: ['Neo.ClientError.Request.Invalid', 1] },
    });

    it('has columns without rows', async () => {
      const result = await session.run('MATCH (n:NoSuchLabel) RETURN n.a, n AS node');
      expect(result.records).to.have.length(0);
      expect(await session.run('MATCH (n:NoSuchLabel) RETURN n.a, n AS node').keys()).to.deep.equal(['n.a', 'node']);
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
}

/** The same for half a second. */
async function untilSteady(read: () => number): Promise<void> {
  for (let last = -1; last !== read(); await sleep(500)) last = read();
}
