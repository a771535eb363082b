import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import type { StoreFailureKind } from '../../src/model/index.js';
import { createKafkaProbe, createNeo4jProbe, createRedisProbe, type StoreProbe } from '../../src/stores/index.js';
import { MisbehavingServers } from '../helpers/misbehaving-servers.js';
import { failureOf } from '../helpers/probe-failure.js';

/** For an answer that comes: a loaded machine is in no hurry. */
const PATIENT_MS = 8_000;
/** For an answer that never comes. */
const HASTY_MS = 600;

const PROBES: Readonly<Record<string, (address: string, timeoutMs?: number) => StoreProbe>> = {
  bolt: (address, timeoutMs = PATIENT_MS) => createNeo4jProbe({ url: `bolt://${address}`, timeoutMs }),
  neo4j: (address, timeoutMs = PATIENT_MS) => createNeo4jProbe({ url: `neo4j://${address}`, timeoutMs }),
  'bolt+s': (address, timeoutMs = PATIENT_MS) => createNeo4jProbe({ url: `bolt+s://${address}`, timeoutMs }),
  redis: (address, timeoutMs = PATIENT_MS) => createRedisProbe({ url: `redis://${address}`, timeoutMs }),
  rediss: (address, timeoutMs = PATIENT_MS) => createRedisProbe({ url: `rediss://${address}`, timeoutMs }),
  kafka: (address, timeoutMs = PATIENT_MS) => createKafkaProbe({ brokers: [address], timeoutMs }),
};

const others = new MisbehavingServers();
const HTTP2_SETTINGS = '\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64';

/** What is at the address, and what each probe has to say of it; another word for a probe that asks with TLS. */
const ROWS: readonly (readonly [there: string, () => Promise<string>, StoreFailureKind, RegExp, secure?: RegExp])[] = [
  ['nothing', () => others.gone(), 'refused', /nothing listens there/],
  ['no host', async () => 'no-such-host.invalid:7', 'unknown-host', /nobody knows/],
  ['a silent server', () => others.silent(), 'silent', /nothing within \d+ ms|no answer within/],
  ['a server that hangs up', () => others.hangingUp(), 'hung-up', /hangs up without/],
  ['a web server', () => others.http(), 'other-protocol', /^speaks HTTP, not /],
  ['a secure web server', () => others.https(), 'other-protocol', /^speaks HTTP inside TLS, not /],
  ['a shell', () => others.banner('SSH-2.0-x\r\n'), 'other-protocol', /^speaks SSH, not /],
  ['HTTP/2', () => others.banner(HTTP2_SETTINGS), 'other-protocol', /^speaks HTTP\/2, not /],
  ['a parrot', () => others.parrot('-ERR what?\r\n'), 'other-protocol', /: "-ERR what\?/, /^speaks no TLS/],
];

describe('what a probe says of an address', () => {
  after(() => others[Symbol.asyncDispose]());

  for (const [scheme, probe] of Object.entries(PROBES)) {
    for (const [there, address, kind, saw, secure = saw] of ROWS) {
      it(`asked for ${scheme}, where there is ${there}: ${kind}`, async () => {
        const failure = await failureOf(probe(await address(), kind === 'silent' ? HASTY_MS : PATIENT_MS));
        expect(failure.saw).to.match(scheme.endsWith('s') && scheme !== 'redis' ? secure : saw);
        expect(failure.kind).to.equal(kind);
      });
    }
  }

  it('tells a silent server with TLS from one without', async () => {
    const address = await others.silentTls();
    const kinds = ['bolt', 'redis', 'kafka', 'bolt+s', 'rediss'].map(async (scheme) => {
      const { kind } = await failureOf(PROBES[scheme]!(address, 3_000));
      return [scheme, kind];
    });
    expect(Object.fromEntries(await Promise.all(kinds))).to.deep.equal({
      bolt: 'tls-expected',
      redis: 'tls-expected',
      kafka: 'tls-expected',
      'bolt+s': 'silent',
      rediss: 'silent',
    });
  });

  it('keeps user and password to itself', async () => {
    const gone = await others.gone();
    for (const probe of [PROBES['redis']!(`u:secret@${gone}`), PROBES['bolt']!(`u:secret@${gone}`)]) {
      expect(JSON.stringify(await failureOf(probe)))
        .to.include(gone)
        .and.not.include('secret');
    }
  });
});

describe('what a probe says of a server of its kind', () => {
  after(() => others[Symbol.asyncDispose]());

  for (const [said, kind] of [
    ['-NOAUTH Authentication required.', 'credentials'],
    ['-DENIED Redis is running in protected mode.', 'credentials'],
    ['-LOADING Redis is loading the dataset in memory', 'unable'],
  ] as const) {
    it(`that is a Redis and says ${said.split(' ')[0]}: ${kind}`, async () => {
      const failure = await failureOf(PROBES['redis']!(await others.parrot(`${said}\r\n`)));
      expect(failure.kind).to.equal(kind);
      expect(failure.saw).to.include(said.slice(1, 10));
    });
  }

  it('that is no Bolt any more at the second word: hung-up', async () => {
    const address = await others.hangingUpLater(() => Uint8Array.from([0, 0, 4, 5]));
    const failure = await failureOf(PROBES['bolt']!(address));
    expect(failure.kind).to.equal('hung-up');
    expect(failure.saw).to.include('ends the connection while it is asked');
  });

  it('that speaks Bolt in no version that the driver knows: unable', async () => {
    const address = await others.parrot('\0\0\0\0');
    expect(await failureOf(PROBES['bolt']!(address))).to.include({ kind: 'unable' });
  });

  it('that is a Kafka and sends its clients where nothing is: no-route, with that address', async () => {
    await using kafka = await startEmbeddedKafka();
    const nowhere = Number((await others.gone()).split(':')[1]);
    const address = await others.rewriting(kafka.url, (said) => replacePort(said, kafka.port, nowhere));
    const failure = await failureOf(PROBES['kafka']!(address));
    expect(failure.kind).to.equal('no-route');
    expect(failure.saw).to.include(`sends its clients on to 127.0.0.1:${nowhere}`);
    expect(failure.nextStep).to.include('advertised.listeners');
  });

  it('names each broker of several when none is there, and needs but one', async () => {
    await using kafka = await startEmbeddedKafka();
    const [gone, silent] = [await others.gone(), await others.silent()];
    const failure = await failureOf(createKafkaProbe({ brokers: [gone, silent], timeoutMs: HASTY_MS }));
    expect(failure.saw).to.match(new RegExp(`${gone} refuses .*; ${silent} takes the connection`));
    await using one = createKafkaProbe({ brokers: [gone, kafka.url], timeoutMs: PATIENT_MS });
    expect((await one.identify()).status).to.equal('identified');
  });

  it('refuses an address that is none', () => {
    for (const create of [
      () => createKafkaProbe({ brokers: ['somewhere'] }),
      () => createNeo4jProbe({ url: 'http://127.0.0.1:7687' }),
      () => createRedisProbe({ url: 'redis://127.0.0.1/first' }),
    ]) {
      expect(create).to.throw().with.property('code', 'invalid-config');
    }
  });
});

describe('a probe whose server is another one by now', () => {
  const query = { effect: 'e', query: { store: 'redis', key: 'k' } } as const;

  it('of Redis: reads the new one at once', async () => {
    const first = await startEmbeddedRedis();
    await using probe = createRedisProbe({ url: first.url });
    expect((await probe.observe(query)).status).to.equal('read');
    await first[Symbol.asyncDispose]();
    expect(await probe.observe(query)).to.include({ status: 'unreachable', kind: 'refused' });
    await using _second = await startEmbeddedRedis({ port: first.port });
    expect((await probe.observe(query)).status).to.equal('read');
  });

  it('of Neo4j: reads the new one at once, also when nobody asked in between', async () => {
    const first = await startEmbeddedNeo4j();
    await using probe = createNeo4jProbe({ url: first.url });
    expect((await probe.identify()).status).to.equal('identified');
    await first[Symbol.asyncDispose]();
    await using _second = await startEmbeddedNeo4j({ port: first.port });
    expect((await probe.identify()).status).to.equal('identified');
  });

  it('of Redis, reads the database that its address names and no other', async () => {
    await using server = await startEmbeddedRedis();
    const writer = new Redis(server.url, { db: 3 });
    await writer.set('k', 'in three');
    writer.disconnect();
    const records = ['', '/0', '/3'].map(async (path) => {
      await using probe = createRedisProbe({ url: `${server.url}${path}` });
      const seen = await probe.observe(query);
      return seen.status === 'read' ? seen.records.length : seen.reason;
    });
    expect(await Promise.all(records)).to.deep.equal([0, 0, 1]);
  });
});

/** Every place where a port stands as the protocol writes it. */
function replacePort(said: Buffer, port: number, other: number): Buffer {
  const changed = Buffer.from(said);
  const [from, to] = [Buffer.alloc(4), Buffer.alloc(4)];
  from.writeInt32BE(port);
  to.writeInt32BE(other);
  for (let at = changed.indexOf(from); at !== -1; at = changed.indexOf(from, at + 1)) to.copy(changed, at);
  return changed;
}
