import { expect } from 'chai';
import type { StoreProbe } from '../../src/stores/index.js';
import { createKafkaProbe, createNeo4jProbe, createRedisProbe } from '../../src/stores/index.js';
import { MisbehavingServers } from '../helpers/misbehaving-servers.js';
import { failureOf } from '../helpers/probe-failure.js';

/** The three servers; Neo4j asks for user and password, Redis and Kafka for none. */
export interface Servers {
  readonly name: string;
  readonly product: (store: Asked) => string;
  readonly version: (store: Asked) => RegExp;
  /** `host:port` of each. Called when the servers run. */
  readonly at: (store: Asked) => string;
  readonly user: string;
  readonly password: () => string;
}

export type Asked = 'neo4j' | 'redis' | 'kafka';

const STORES = ['neo4j', 'redis', 'kafka'] as const;
const PROTOCOLS: Readonly<Record<Asked, string>> = {
  neo4j: 'Bolt',
  redis: 'the Redis protocol',
  kafka: 'the Kafka protocol',
};
const LIMIT_MS = 5_000;

/** How each probe tells that it was given the wrong address, password, database or topic: the same on any server. */
export function failureBattery({ name, product, version, at, user, password }: Servers): void {
  const others = new MisbehavingServers();
  after(() => others[Symbol.asyncDispose]());

  function probe(
    store: Asked,
    address: string,
    { scheme, path = '' }: { scheme?: string; path?: string } = {},
  ): StoreProbe {
    const timeoutMs = LIMIT_MS;
    switch (store) {
      case 'neo4j':
        return createNeo4jProbe({ url: `${scheme ?? 'bolt'}://${address}`, user, password: password(), timeoutMs });
      case 'redis':
        return createRedisProbe({ url: `${scheme ?? 'redis'}://${address}${path}`, timeoutMs });
      case 'kafka':
        return createKafkaProbe({ brokers: [address], timeoutMs });
      default:
        return store satisfies never;
    }
  }

  describe(`an address of the ${name} servers`, () => {
    for (const store of STORES) {
      it(`is identified by the ${store} probe, with a version`, async () => {
        await using right = probe(store, at(store));
        const answer = await right.identify();
        const who = answer.status === 'identified' ? answer.server : answer.failure;
        expect(who).to.include({ product: product(store), address: right.address });
        expect('version' in who && who.version).to.match(version(store));
      });

      for (const other of STORES.filter((each) => each !== store)) {
        it(`is told by the ${store} probe when it is ${other}'s, with TLS before it or not`, async () => {
          const secure = await others.tlsBefore(at(other));
          const failures = [await failureOf(probe(store, at(other))), await failureOf(probe(store, secure))];
          expect(failures.map(({ kind, saw }) => [kind, saw])).to.deep.equal([
            ['other-protocol', `speaks ${PROTOCOLS[other]}, not ${PROTOCOLS[store]}`],
            ['other-protocol', `speaks ${PROTOCOLS[other]} inside TLS, not ${PROTOCOLS[store]}`],
          ]);
        });
      }

      it(`is told by the ${store} probe when it wants TLS`, async () => {
        const { kind, saw } = await failureOf(probe(store, await others.tlsBefore(at(store))));
        expect([kind, saw]).to.deep.equal(['tls-expected', `speaks ${PROTOCOLS[store]} inside TLS only`]);
      });
    }

    for (const [store, scheme] of [
      ['neo4j', 'bolt+s'],
      ['neo4j', 'neo4j+ssc'],
      ['redis', 'rediss'],
    ] as const) {
      it(`is told when it has no TLS and was asked with (${scheme})`, async () => {
        const { kind, saw } = await failureOf(probe(store, at(store), { scheme }));
        expect([kind, saw]).to.deep.equal(['plain-expected', `speaks ${PROTOCOLS[store]} without TLS`]);
      });
    }

    for (const [store, scheme] of [
      ['neo4j', 'bolt+s'],
      ['redis', 'rediss'],
    ] as const) {
      it(`is told when its certificate proves nothing (${scheme})`, async () => {
        const { kind, saw } = await failureOf(probe(store, await others.tlsBefore(at(store)), { scheme }));
        expect(kind).to.equal('untrusted');
        expect(saw).to.include('DEPTH_ZERO_SELF_SIGNED_CERT');
      });
    }

    it('is read behind any certificate where that is wished', async () => {
      await using ssc = probe('neo4j', await others.tlsBefore(at('neo4j')), { scheme: 'bolt+ssc' });
      expect((await ssc.identify()).status).to.equal('identified');
    });
  });

  describe(`the right address of the ${name} servers`, () => {
    const url = () => `bolt://${at('neo4j')}`;
    // Not the user of everybody's tests: Neo4j locks a user out after a few wrong passwords.
    const stranger = { user: 'stranger', password: 'guess' };

    it('with a wrong password of Neo4j: credentials', async () => {
      const failure = await failureOf(createNeo4jProbe({ url: url(), ...stranger, timeoutMs: LIMIT_MS }));
      expect(failure).to.include({ kind: 'credentials' });
      expect(failure.saw).to.include('the user "stranger"').and.not.include('guess');
    });

    it('without the password of Neo4j: credentials', async () => {
      const failure = await failureOf(createNeo4jProbe({ url: url(), timeoutMs: LIMIT_MS }));
      expect(failure).to.include({ kind: 'credentials' });
      expect(failure.saw).to.include('without user and password');
    });

    it('with a database of Neo4j that does not exist: no-database', async () => {
      const options = { url: url(), user, password: password(), database: 'elsewhere', timeoutMs: LIMIT_MS };
      const failure = await failureOf(createNeo4jProbe(options));
      expect(failure).to.include({ kind: 'no-database' });
      expect(failure.saw).to.include('"elsewhere"');
    });

    it('with a user that Redis does not know: credentials', async () => {
      const failure = await failureOf(createRedisProbe({ url: `redis://nobody:guess@${at('redis')}` }));
      expect(failure).to.include({ kind: 'credentials', address: at('redis') });
      expect(JSON.stringify(failure)).to.include('WRONGPASS').and.not.include('guess');
    });

    it('with a database of Redis that does not exist: no-database', async () => {
      const failure = await failureOf(probe('redis', at('redis'), { path: '/99' }));
      expect(failure).to.include({ kind: 'no-database', address: `${at('redis')}/99` });
    });

    it('with a topic of Kafka that does not exist: no records, and the reason', async () => {
      await using kafka = probe('kafka', at('kafka'));
      const topic = `nobody-made-${Date.now()}`;
      const seen = await kafka.observe({ effect: 'e', query: { store: 'kafka', topic, key: 'k', consumedBy: [] } });
      expect(seen).to.deep.include({ status: 'read', records: [] });
      const missing = seen.status === 'read' ? seen.missing : undefined;
      expect(missing).to.include({ kind: 'no-topic', address: at('kafka'), saw: `has no topic "${topic}"` });
    });
  });
}
