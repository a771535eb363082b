import { expect } from 'chai';
import neo4j from 'neo4j-driver';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { ProbeRequest, StoredValue, StoreObservation } from '../../src/model/index.js';
import { createNeo4jProbe, type Neo4jProbeOptions } from '../../src/stores/neo4j-probe.js';
import { startTcpProxy } from '../helpers/tcp-proxy.js';

function asking(cypher: string, parameters: Readonly<Record<string, StoredValue>> = {}): ProbeRequest {
  return { effect: 'graph-write', query: { store: 'neo4j', cypher, parameters } };
}

describe('the Neo4j probe', () => {
  let server: EmbeddedServer;

  before(async () => {
    server = await startEmbeddedNeo4j();
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function observe(request: ProbeRequest, options: Partial<Neo4jProbeOptions> = {}): Promise<StoreObservation> {
    const probe = createNeo4jProbe({ url: server.url, clock: { now: () => 42n }, ...options });
    try {
      return await probe.observe(request);
    } finally {
      await probe[Symbol.asyncDispose]();
    }
  }

  async function rowsOf(cypher: string, parameters: Readonly<Record<string, StoredValue>> = {}): Promise<unknown> {
    const observation = await observe(asking(cypher, parameters));
    return observation.status === 'read'
      ? observation.records.map((record) => 'row' in record && record.row)
      : observation;
  }

  async function write(cypher: string): Promise<void> {
    const driver = neo4j.driver(server.url);
    await driver.executeQuery(cypher);
    await driver.close();
  }

  it('says what it saw, when, and who answered', async () => {
    const request = asking('RETURN 1 AS one');
    expect(await observe(request)).to.deep.equal({
      status: 'read',
      ...request,
      server: { store: 'neo4j', address: server.url, product: 'embedded', version: '5.0.0' },
      records: [{ store: 'neo4j', row: { one: 1 } }],
      observedAtUnixNano: 42n,
    });
  });

  it('has no stack written down for its own question, and leaves those of others as they were', async () => {
    const before = Error.stackTraceLimit;
    const limits: number[] = [];
    // What the driver asks of Error, each time that it makes one.
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (error, frames) => {
      if (error.message === '') limits.push(frames.length);
      return String(error);
    };
    try {
      await observe(asking('RETURN 1 AS one'));
      expect(limits.filter((frames) => frames > 0)).to.deep.equal([]);
      expect(Error.stackTraceLimit).to.equal(before);
    } finally {
      if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
      else Reflect.deleteProperty(Error, 'prepareStackTrace');
    }
  });

  const values: readonly (readonly [string, unknown])[] = [
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9007199254740991', 9_007_199_254_740_991],
    ['2.0', 2],
    ["'text'", 'text'],
    ['null', null],
    ['[1, 2]', [1, 2]],
    ["{a: {b: 'c'}}", { a: { b: 'c' } }],
    ["date('2024-02-29')", '2024-02-29'],
    ["datetime('2024-01-02T03:04:05Z')", '2024-01-02T03:04:05Z'],
  ];
  for (const [cypher, value] of values) {
    it(`reads ${cypher}`, async () => {
      expect(await rowsOf(`RETURN ${cypher} AS value`)).to.deep.equal([{ value }]);
    });
  }

  it('reads nodes with their labels, relationships with their types, and paths', async () => {
    await write("CREATE (:From {id: 'a'})-[:LINK {w: 0.5}]->(:To {id: 'b'})");
    const a = { id: 'a', _labels: ['From'] };
    const b = { id: 'b', _labels: ['To'] };
    const r = { w: 0.5, _type: 'LINK' };
    expect(await rowsOf('MATCH p = (a:From)-[r:LINK]->(b:To) RETURN a, r, b, p')).to.deep.equal([
      { a, r, b, p: { nodes: [a, b], relationships: [r] } },
    ]);
  });

  it('takes values as parameters, whole numbers as integers', async () => {
    const query = 'UNWIND $list AS item RETURN item, $text AS text, $big AS big ORDER BY item LIMIT $limit';
    const parameters = { list: [2, 1, 3], text: 'x', big: 9_007_199_254_740_993n, limit: 2 };
    expect(await rowsOf(query, parameters)).to.deep.equal([
      { item: 1, text: 'x', big: 9_007_199_254_740_993n },
      { item: 2, text: 'x', big: 9_007_199_254_740_993n },
    ]);
  });

  it('sees each time what is there now', async () => {
    const probe = createNeo4jProbe({ url: server.url });
    const request = asking('MATCH (n:Later) RETURN n.id AS id');
    const before = await probe.observe(request);
    await write("CREATE (:Later {id: 'l'})");
    const after = await probe.observe(request);
    await probe[Symbol.asyncDispose]();
    expect([before, after].map((seen) => seen.status === 'read' && seen.records.length)).to.deep.equal([0, 1]);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['does not parse', 'MATCH (n RETURN n'],
    ['writes', 'CREATE (:Sneaky)'],
    ['calls what does not exist', 'CALL no.such.procedure()'],
  ];
  for (const [what, cypher] of wrong) {
    it(`names the effect whose query ${what}`, async () => {
      const error: unknown = await observe(asking(cypher)).catch((thrown: unknown) => thrown);
      expect(error).to.include({ name: 'TracecourtError', code: 'invalid-flow' });
      expect((error as Error).message).to.include('effect "graph-write"');
      expect(await rowsOf('MATCH (n:Sneaky) RETURN n')).to.deep.equal([]);
    });
  }

  it('concludes nothing from a query that lacks a value', async () => {
    expect(await observe(asking('RETURN $missing'))).to.include({ status: 'unreachable' });
  });

  it('concludes nothing from more rows than it looks at', async () => {
    const observation = await observe(asking('UNWIND range(1, 10001) AS n RETURN n'));
    expect(observation).to.include({ status: 'unreachable' });
    expect(observation.status === 'unreachable' && observation.reason).to.include('more than 10000 rows');
  });

  it('looks once who is there, however many questions lose their connection', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: server.port });
    await using probe = createNeo4jProbe({ url: `bolt://127.0.0.1:${proxy.port}`, timeoutMs: 60_000 });
    const isRead = async () => (await probe.observe(asking('RETURN 1 AS one'))).status === 'read';
    await isRead();
    proxy.hold();
    const questions = Array.from({ length: 50 }, isRead);
    await pollUntil(async () => proxy.connections >= 8 || undefined, { timeoutMs: 30_000, everyMs: 5 });
    const before = proxy.accepted;
    proxy.cut();
    proxy.release();
    expect(await Promise.all(questions)).to.deep.equal(questions.map(() => true));
    expect(proxy.accepted - before).to.be.at.most(2 * 8);
  });

  it('refuses a URL that is none', async () => {
    const error: unknown = await observe(asking('RETURN 1'), { url: 'garbage' }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'invalid-config' });
  });
});
