import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

describe('a query that the graph cannot answer', () => {
  it('is told with the file that it stands in', async () => {
    const bundles = temporaryBundles();
    const folder = mkdtempSync(join(tmpdir(), 'tracecourt-query-'));
    const server = createServer((_request, response) => response.end('done')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const flow = join(folder, 'shop.flow.yaml');
    writeFileSync(
      flow,
      'version: 1\nflow: shop\nsteps: { pay: {} }\neffects: { pay: { neo4j: { cypher: "MATCH (p RETURN p" } } }\n',
    );
    const scenario = join(folder, 'shop.scenario.yaml');
    writeFileSync(
      scenario,
      `version: 1
scenario: shop
flow: shop.flow.yaml
requests: [{ name: go, http: { url: "http://127.0.0.1:${port}/" } }]
timeouts: { request: 2s, quiet: 100ms }
`,
    );
    const { stderr, exitCode } = await tracecourt(['run', scenario, '--bundles', bundles.path]);
    server.close();
    bundles.remove();
    rmSync(folder, { recursive: true, force: true });
    expect(stderr).to.include(`${flow}: Neo4j cannot answer the query of effect "pay"`);
    expect(exitCode).to.equal(3);
  });
});
