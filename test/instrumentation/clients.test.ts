import { expect } from 'chai';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { runProgram } from '../helpers/child-program.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../helpers/otlp-receiver.js';

const REGISTER = ['--import', '@tracecourt/instrumentation/register'];

const EARLY = `
import neo4j from 'neo4j-driver';
import { instrumentDriver, startTracing, wrapStep } from '@tracecourt/instrumentation';
const tracing = startTracing({ instrumentations: false });
const driver = instrumentDriver(instrumentDriver(neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'))));
await wrapStep('step', async () => {
  await driver.executeQuery('RETURN 1');
  const session = driver.session();
  await session.run('MATCH (n:Late) RETURN n');
  await session.close();
})();
await driver.close();
await tracing.shutdown();
`;

const BY_REQUIRE = `
const neo4j = require('neo4j-driver');
const Redis = require('ioredis');
(async () => {
  const { wrapStep } = await import('@tracecourt/instrumentation');
  const driver = neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'));
  const redis = new Redis(process.env.REDIS_URL);
  await wrapStep('step', async () => { await driver.session().run('RETURN 1'); await redis.ping(); })();
  redis.disconnect();
  await driver.close();
})();
`;

/** The same copies of the packages, once through the loader hook and once through \`require\`. */
const BOTH_WAYS = `
import { createRequire } from 'node:module';
import neo4j from 'neo4j-driver';
import { Redis } from 'ioredis';
import { wrapStep } from '@tracecourt/instrumentation';
const require = createRequire(import.meta.url);
require('neo4j-driver');
require('ioredis');
const driver = neo4j.driver(process.env.NEO4J_URL, neo4j.auth.basic('neo4j', 'test'));
const redis = new Redis(process.env.REDIS_URL);
await wrapStep('step', async () => { await driver.session().run('RETURN 1'); await redis.ping(); })();
await driver.session().run('RETURN 2');
await redis.get('outside');
redis.disconnect();
await driver.close();
`;

const AWAY = `
import neo4j from 'neo4j-driver';
import Redis from 'ioredis';
import { wrapStep } from '@tracecourt/instrumentation';
const driver = neo4j.driver('bolt://127.0.0.1:1', neo4j.auth.basic('neo4j', 'test'), { maxTransactionRetryTime: 100 });
const redis = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 1 }).on('error', () => undefined);
await wrapStep('step', async () => {
  console.log(await driver.session().run('RETURN 1').catch(({ code }) => code));
  console.log(await redis.ping().catch(({ name }) => name));
})();
redis.disconnect();
await driver.close();
`;

describe('clients under tracing', () => {
  let receiver: OtlpReceiver;
  let graph: EmbeddedServer;
  let cache: EmbeddedServer;

  before(async () => {
    receiver = await startOtlpReceiver();
    graph = await startEmbeddedNeo4j();
    cache = await startEmbeddedRedis();
  });
  after(async () => {
    await cache?.[Symbol.asyncDispose]();
    await graph?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  async function run(source: string, { nodeArguments = REGISTER, extension = 'mjs' as 'mjs' | 'cjs' } = {}) {
    const before = receiver.spans.length;
    const stores = { NEO4J_URL: graph.url, REDIS_URL: cache.url };
    const exporter = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    const environment = { ...stores, ...exporter };
    await using program = await runProgram({ source, nodeArguments, extension, environment });
    const { code, stdout, stderr } = await program.end();
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return { spans: receiver.spans.slice(before), stdout };
  }
  const names = (spans: readonly ReceivedSpan[]) => spans.map(({ name }) => name);

  it('are traced when they are imported before tracing, on request and once', async () => {
    const { spans } = await run(EARLY, { nodeArguments: [] });
    expect(names(spans)).to.have.members(['step', 'BEGIN', 'RETURN', 'COMMIT', 'MATCH Late']);
  });

  it('are traced when they are required', async () => {
    const { spans } = await run(BY_REQUIRE, { extension: 'cjs' });
    expect(names(spans)).to.have.members(['step', 'RETURN', 'PING']);
  });

  it('are traced once when they are imported and required, and not at all outside of every span', async () => {
    const { spans } = await run(BOTH_WAYS);
    expect(names(spans)).to.have.members(['step', 'RETURN', 'PING']);
  });

  it('name their conventions, where JSON was asked for', async () => {
    const { spans } = await run(BOTH_WAYS);
    for (const { schemaUrl } of spans) expect(schemaUrl).to.match(/1\.45/);
  });

  it('tell of a server that is not there', async () => {
    const { spans, stdout } = await run(AWAY);
    expect(stdout.trim().split('\n')).to.deep.equal(['ServiceUnavailable', 'MaxRetriesPerRequestError']);
    const [query, ping] = ['RETURN', 'PING'].map((name) => spans.find((span) => span.name === name));
    expect(query?.attributes).to.include({ 'db.response.status_code': 'ServiceUnavailable', 'server.port': 1 });
    expect(ping?.attributes).to.include({ 'error.type': 'MaxRetriesPerRequestError', 'server.port': 1 });
    expect([query, ping].map((span) => span?.statusCode)).to.deep.equal([2, 2]);
  });
});
