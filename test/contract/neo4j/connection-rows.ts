import { connect } from 'node:net';
import { expect } from 'chai';
import neo4j, { type AuthToken } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, failureOf, type Neo4jBench } from './neo4j-bench.js';

export function connectionRows(bench: Neo4jBench, differs: Differs): void {
  describe('connecting', () => {
    it('says who it is', async () => {
      const info = await bench.driver.getServerInfo();
      expect(info.agent).to.match(/^Neo4j\//);
      expect(String(info.protocolVersion)).to.match(/^5\./);
    });

    differs('the name that it goes by', {
      see: async () => (await bench.driver.getServerInfo()).agent?.replace(/\d+\.\d+\.\d+/, 'N.N.N'),
      real: { does: 'says `Neo4j/` and its version', answer: 'Neo4j/N.N.N' },
      embedded: { does: 'adds that it is embedded', answer: 'Neo4j/N.N.N (tracecourt-embedded)' },
    });

    it('answers verifyConnectivity, verifyAuthentication and supportsMultiDb', async () => {
      await bench.driver.verifyConnectivity();
      expect(await bench.driver.verifyAuthentication()).to.equal(true);
      expect(await bench.driver.supportsMultiDb()).to.equal(true);
    });

    it('serves a client that asks for a routing table', async () => {
      const routed = bench.otherDriver({ url: bench.url.replace('bolt:', 'neo4j:') });
      const { records } = await routed.executeQuery('RETURN 1 AS one');
      expect(records[0]?.get('one').toNumber()).to.equal(1);
    });

    it('refuses a database that does not exist, in whatever kind of transaction', async () => {
      const elsewhere = bench.session({ database: 'no-such-database' });
      const kinds = [
        () => elsewhere.run('RETURN 1'),
        () => elsewhere.executeRead((tx) => tx.run('RETURN 1')),
        () => elsewhere.executeWrite((tx) => tx.run('RETURN 1')),
        () => elsewhere.beginTransaction().run('RETURN 1'),
      ];
      for (const kind of kinds) {
        const failure = await failureOf(kind());
        expect(failure).to.deep.equal({ code: 'Neo.ClientError.Database.DatabaseNotFound', isRetriable: false });
      }
    });

    it('knows the database by its name in any case', async () => {
      const { records } = await bench.session({ database: 'NEO4J' }).run('RETURN 1 AS one');
      expect(records).to.have.length(1);
    });

    differs('the database `system`', {
      see: () => codeOf(bench.session({ database: 'system' }).run('SHOW DEFAULT DATABASE')),
      real: { does: 'has one', answer: 'no error' },
      embedded: { does: 'has one database only', answer: 'Neo.ClientError.Database.DatabaseNotFound' },
    });

    const strangers: readonly (readonly [string, () => AuthToken | undefined])[] = [
      ['an unknown user', () => neo4j.auth.basic(bench.unique('nobody'), 'nothing')],
      ['a wrong password', () => ({ ...bench.auth, credentials: 'wrong' })],
      ['no credentials', () => undefined],
      ['a token in the place of a password', () => neo4j.auth.bearer('token')],
    ];
    for (const [what, auth] of strangers) {
      it(`refuses ${what}, and does not call it worth another try`, async () => {
        const given = auth();
        const stranger = bench.otherDriver({ auth: given ?? { scheme: 'none', principal: '', credentials: '' } });
        const failure = await failureOf(stranger.executeQuery('RETURN 1'));
        expect(failure).to.deep.equal({ code: 'Neo.ClientError.Security.Unauthorized', isRetriable: false });
        expect(await stranger.verifyAuthentication()).to.equal(false);
        expect(await bench.driver.verifyAuthentication()).to.equal(true);
      });
    }

    differs('another user with the right password', {
      see: () => {
        const auth = { ...bench.auth, principal: bench.unique('nobody') };
        return codeOf(bench.otherDriver({ auth }).executeQuery('RETURN 1'));
      },
      real: { does: 'refuses it', answer: 'Neo.ClientError.Security.Unauthorized' },
      embedded: { does: 'has no users, and looks at the password only', answer: 'no error' },
    });

    it('logs a session on with credentials of its own', async () => {
      await bench.driver.verifyConnectivity();
      // Another token than the driver's, so that its connection has to log off and on again.
      const { records } = await bench.session({ auth: { ...bench.auth, realm: 'native' } }).run('RETURN 1 AS one');
      expect(records).to.have.length(1);
    });

    it('lets nobody act for another user', async () => {
      const session = bench.session({ impersonatedUser: 'somebody' });
      expect(await codeOf(session.run('RETURN 1'))).to.equal('Neo.ClientError.Statement.ArgumentError');
    });

    it('fails a client that expects TLS', async () => {
      const encrypted = bench.otherDriver({ url: bench.url.replace('bolt:', 'bolt+ssc:') });
      expect(await failureOf(encrypted.session().run('RETURN 1'))).to.deep.equal({
        code: 'ServiceUnavailable',
        isRetriable: true,
      });
      await bench.driver.verifyConnectivity();
    });

    it('outlives a client that speaks no Bolt', async () => {
      const { hostname, port } = new URL(bench.url);
      const socket = connect({ host: hostname, port: Number(port) });
      socket.end('GET / HTTP/1.1\r\n\r\n');
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      await bench.driver.verifyConnectivity();
    });
  });
}
