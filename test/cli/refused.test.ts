import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRepositoryFile } from '../helpers/repository.js';
import { gone, pidsIn, startCommand } from '../helpers/running-command.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const EXAMPLE = 'examples/gpu-allocation';

describe('tracecourt run, with something that it cannot work with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-mistakes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a file of the example into the folder with some of its texts replaced, and gives its path. */
  function spoil(name: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
    let text = readRepositoryFile(`${EXAMPLE}/${name}`);
    for (const [from, to] of changes) {
      expect(text).to.include(from);
      text = text.replace(from, to);
    }
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  async function refused(...args: string[]) {
    const bundles = temporaryBundles();
    const { exitCode, stdout, stderr } = await tracecourt(['run', ...args, '--bundles', bundles.path]);
    expect(stderr).not.to.include('    at ').and.not.to.include('ready, process');
    expect(stdout).to.equal('');
    expect(readdirSync(bundles.path), 'nothing is recorded of a run that never began').to.deep.equal([]);
    expect(exitCode).to.equal(3);
    bundles.remove();
    return stderr;
  }

  it('tells all mistakes of a scenario at once, each with its line and column and the likely word', async () => {
    spoil('gpu-allocation.flow.yaml');
    const scenario = spoil(
      'approve.scenario.yaml',
      ['method: POST', 'method: PSOT'],
      ['quiet: 2s', 'quite: 2s'],
      ['- name: notifier', '- name: council'],
    );
    const said = await refused(scenario);
    expect(said).to.include('invalid-scenario').and.include('3 problems');
    expect(said).to.match(new RegExp(`${scenario}:\\d+:\\d+  .*did you mean "POST"`));
    expect(said).to.match(new RegExp(`${scenario}:\\d+:\\d+  .*did you mean "quiet"`));
    expect(said).to.match(new RegExp(`${scenario}:\\d+:\\d+  .*council.*already`));
  });

  it('tells all mistakes of a flow at once, each with its line and column and the likely word', async () => {
    const scenario = spoil('approve.scenario.yaml');
    const flow = spoil(
      'gpu-allocation.flow.yaml',
      ['- graph-write\n', '- graph-wirte\n'],
      ['graph-write -> event-handled: 10s', 'graph-write -> event-handled: soon'],
      ['unexpected: ${strangers}', 'unexpected: reprot'],
      ['count: 1\n', 'cuont: 1\n'],
    );
    const said = await refused(scenario);
    expect(said).to.include('invalid-flow').and.include('4 problems');
    for (const hint of ['"graph-write"', '"soon"', '"report"', '"count"']) {
      expect(said).to.match(new RegExp(`${flow}:\\d+:\\d+  .*${hint}`));
    }
  });

  it('tells the mistakes of all files at once, a scenario beside the flow of another', async () => {
    const flow = spoil('gpu-allocation.flow.yaml', ['unexpected: ${strangers}', 'unexpected: reprot']);
    const approve = spoil('approve.scenario.yaml');
    const reject = spoil('reject.scenario.yaml', ['method: POST', 'method: PSOT']);
    const said = await refused(approve, reject);
    expect(said).to.include(`${flow}:`).and.include(`${reject}:`);
  });

  it('names the flag of a port that is taken, and leaves nothing running', async () => {
    await using squatter = await takePort();
    const taken = squatter.address;
    const bundles = temporaryBundles();
    await using run = startCommand(['run', `${EXAMPLE}/approve.scenario.yaml`, '--http', taken], {
      bundles: bundles.path,
    });
    const { exitCode, stderr } = await run.ended;
    expect(stderr).to.include('port-in-use').and.include(taken).and.include('--http').and.not.include('    at ');
    expect(exitCode).to.equal(3);
    expect(run.events().at(-1)).to.include({ type: 'run-ended', exitCode: 3 });
    expect(run.events().filter(({ type }) => type === 'service-ready')).to.deep.equal([]);
    expect(await gone(pidsIn(run.events()))).to.deep.equal([]);
    bundles.remove();
  });
});

async function takePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
