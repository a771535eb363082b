import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import neo4j, { type Session } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, failureOf, type Neo4jBench } from './neo4j-bench.js';

export function bookmarkRows(bench: Neo4jBench, differs: Differs): void {
  describe('bookmarks', () => {
    const { run } = bench;
    const write = (session: Session, label: string) =>
      session.executeWrite((tx) => tx.run(`CREATE (:${label} {run: $run})`, { run }));
    const read = async (session: Session, label: string): Promise<number> => {
      const { records } = await session.executeRead((tx) =>
        tx.run(`MATCH (n:${label} {run: $run}) RETURN count(n) AS n`, { run }),
      );
      return records[0]?.get('n').toNumber();
    };

    it('come with each transaction that commits, and with no other', async () => {
      const session = bench.session();
      expect(session.lastBookmarks()).to.deep.equal([]);
      const tx = session.beginTransaction();
      await tx.run('CREATE (:Unmarked {run: $run})', { run });
      await tx.rollback();
      expect(session.lastBookmarks()).to.deep.equal([]);
      await write(session, 'Marked');
      const [first] = session.lastBookmarks();
      expect(first).to.be.a('string').and.not.to.equal('');
      await write(session, 'Marked');
      const [second, ...more] = session.lastBookmarks();
      expect(more).to.deep.equal([]);
      expect(second).not.to.equal(first);
    });

    it('come with a transaction that only reads', async () => {
      const session = bench.session();
      await session.run('RETURN 1');
      expect(session.lastBookmarks()).to.have.length(1);
    });

    it('let another session read what was written before', async () => {
      const writer = bench.session();
      await write(writer, 'Causal');
      const reader = bench.session({ bookmarks: writer.lastBookmarks(), defaultAccessMode: neo4j.session.READ });
      expect(await read(reader, 'Causal')).to.equal(1);
    });

    it('let another client read what was written before', async () => {
      const writer = bench.session();
      await write(writer, 'Elsewhere');
      const reader = bench.otherDriver().session({ bookmarks: writer.lastBookmarks() });
      expect(await read(reader, 'Elsewhere')).to.equal(1);
    });

    it('of several sessions can be given together', async () => {
      const writers = [bench.session(), bench.session(), bench.session()];
      for (const writer of writers) await write(writer, 'SeveralMarks');
      const bookmarks = writers.flatMap((writer) => writer.lastBookmarks());
      expect(new Set(bookmarks).size).to.equal(3);
      expect(await read(bench.session({ bookmarks }), 'SeveralMarks')).to.equal(3);
    });

    it('are kept by a manager for the sessions that share it', async () => {
      const bookmarkManager = neo4j.bookmarkManager();
      await write(bench.session({ bookmarkManager }), 'ManagedMark');
      expect([...(await bookmarkManager.getBookmarks())]).to.have.length(1);
      expect(await read(bench.session({ bookmarkManager }), 'ManagedMark')).to.equal(1);
    });

    it('are kept by executeQuery from call to call', async () => {
      for (let i = 1; i <= 5; i++) {
        await bench.driver.executeQuery('CREATE (:Query {run: $run})', { run });
        const { records } = await bench.driver.executeQuery(
          'MATCH (n:Query {run: $run}) RETURN count(n) AS n',
          { run },
          { routing: neo4j.routing.READ },
        );
        expect(records[0]?.get('n').toNumber()).to.equal(i);
      }
    });

    for (const unknown of ['no bookmark at all', 'FB:nonsense', 'tracecourt:bookmark:999999999']) {
      it(`are refused where the server never gave them: ${unknown}`, async () => {
        const refused = { code: 'Neo.ClientError.Transaction.InvalidBookmark', isRetriable: false };
        expect(await failureOf(bench.session({ bookmarks: [unknown] }).run('RETURN 1'))).to.deep.equal(refused);
        const managed = bench.session({ bookmarks: [unknown] }).executeRead((tx) => tx.run('RETURN 1'));
        expect(await failureOf(managed)).to.deep.equal(refused);
      });
    }

    differs('a bookmark of a write that is still to come', {
      see: async () => {
        const writer = bench.session();
        await write(writer, 'Present');
        const bookmarks = writer.lastBookmarks().map(toBookmarkToCome);
        const waiting = codeOf(bench.otherDriver().session({ bookmarks }).run('RETURN 1'));
        return Promise.race([waiting, sleep(1000, 'waits')]);
      },
      real: { does: 'waits for it, 30 seconds', answer: 'waits' },
      embedded: { does: 'refuses it', answer: 'Neo.ClientError.Transaction.InvalidBookmark' },
    });
  });
}

/** The same with a greater number in it: Neo4j's is PackStream behind `FB:`, a server's 16 bytes before the number. */
function toBookmarkToCome(bookmark: string): string {
  if (!bookmark.startsWith('FB:')) return bookmark.replace(/\d+$/, '999999');
  const bytes = Buffer.from(bookmark.slice(3), 'base64');
  const million = Buffer.of(0xca, 0x00, 0x0f, 0x42, 0x40);
  return `FB:${Buffer.concat([bytes.subarray(0, 19), million, bytes.subarray(-1)]).toString('base64')}`;
}
