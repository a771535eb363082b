import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recording } from '../helpers/recording.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const FLOW = `version: 1
flow: shop
steps:
  cheap: { span: price, attributes: { n: { above: 3 } } }
  dear: { span: price, attributes: { n: { above: 5 } } }
order: { optional: { choice: [cheap, dear] } }
examples: { accepts: [cheap] }
`;
const WARNING = 'one span can be both "cheap" and "dear": tell their matchers apart';

describe('a flow two steps of which one span can be', () => {
  const bundles = temporaryBundles();
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-overlap-'));
  const flow = join(folder, 'shop.flow.yaml');
  let server: Server;

  before(async () => {
    server = createServer((_request, response) => response.end('done')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    writeFileSync(flow, FLOW);
    writeFileSync(join(folder, 'a.jsonl'), recording('r s 0-90'));
    for (const name of ['one', 'two'])
      writeFileSync(
        join(folder, `${name}.scenario.yaml`),
        `version: 1
scenario: ${name}
flow: shop.flow.yaml
requests: [{ name: go, http: { url: "http://127.0.0.1:${port}/" } }]
timeouts: { request: 2s, quiet: 100ms }
`,
      );
  });
  after(() => {
    server.close();
    bundles.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is warned of by flow test', async () => {
    const { stdout } = await tracecourt(['flow', 'test', flow, '--json']);
    expect(JSON.parse(stdout).warnings).to.deep.equal([WARNING]);
  });

  it('is warned of by check', async () => {
    const trace = ['check', flow, '--trace', join(folder, 'a.jsonl')];
    expect(JSON.parse((await tracecourt([...trace, '--json'])).stdout).warnings).to.deep.equal([WARNING]);
    expect((await tracecourt(trace)).stdout).to.match(new RegExp(`^warning: ${WARNING}$`, 'm'));
  });

  it('is warned of by run, once, and each row says of which scenario it is', async () => {
    const files = ['one', 'two'].map((name) => join(folder, `${name}.scenario.yaml`));
    const { stdout, stderr } = await tracecourt(['run', ...files, '--json', '--bundles', bundles.path]);
    const { notices, scenarios } = JSON.parse(stdout);
    expect(
      notices.filter((one: string) => one.includes('can be both')),
      stderr,
    ).to.deep.equal([`flow shop: ${WARNING}`]);
    const rows = scenarios.map((row: { readonly name: string; readonly scenario: string }) => [row.scenario, row.name]);
    expect(rows).to.deep.equal([
      ['one', 'go'],
      ['two', 'go'],
    ]);
    const text = await tracecourt(['run', ...files, '--bundles', bundles.path]);
    expect(text.stdout).to.include('one: go').and.include('two: go');
  });
});
