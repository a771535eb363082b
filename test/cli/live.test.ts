import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SAYS_READY, toyScenario } from '../helpers/toy-scenario.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';
/** Wrong for good, and open for as long as nobody hears the notifier. */
const DOOMED = ['--defect', 'cache-before-graph', '--cut-telemetry', 'notifier'];

describe('tracecourt run, while a request is open', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());
  const started = (...args: string[]) => tracecourt(['run', ...args, '--bundles', bundles.path]);

  function eventsOf(name: string): readonly { readonly type: string; readonly findings?: { code: string }[] }[] {
    const lines = readFileSync(join(bundles.path, name, 'events.ndjson'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  it('says that it fails before it is complete, hears it to its end all the same, and sends the next', async () => {
    const { exitCode, stdout } = await started(APPROVE, APPROVE, ...DOOMED, '--json');
    const { run: name, scenarios } = JSON.parse(stdout);
    expect(exitCode).to.equal(1);
    expect(scenarios).to.have.length(2);
    for (const row of scenarios) {
      expect(row).to.deep.include({ verdict: 'fail', completedBy: 'root-quiet' });
      expect(row.findings.map(({ code }: { code: string }) => code)).to.deep.equal(['wrong-order']);
      expect(row.failedEarlyMs).to.be.a('number').and.below(row.durationMs);
    }
    const events = eventsOf(name);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'failed-early')).to.have.length(2);
    expect(types.indexOf('failed-early')).to.be.below(types.indexOf('request-completed'));
    expect(events.find(({ type }) => type === 'failed-early')?.findings).to.have.length(1);
  });

  it('with --bail, waits for it no longer, and sends nothing more', async () => {
    const { exitCode, stdout } = await started(APPROVE, APPROVE, ...DOOMED, '--json', '--bail');
    const { run, scenarios, notices } = JSON.parse(stdout);
    expect(exitCode).to.equal(1);
    expect(scenarios).to.have.length(1);
    expect(scenarios[0]).to.deep.include({ verdict: 'fail', completedBy: 'shutdown' });
    expect(notices.join('\n')).to.include('1 request not sent');
    const again = await tracecourt(['replay', run, '--json', '--bundles', bundles.path]);
    expect(again.exitCode).to.equal(1);
    expect(JSON.parse(again.stdout).scenarios[0]).to.include({ sameAsSpoken: true, completedBy: 'shutdown' });
  });

  it('says what it waits for, and since when', async () => {
    const toy = toyScenario(
      `const answer = (_, response) => setTimeout(() => response.end('ok'), 1_500);${SAYS_READY}`,
    );
    try {
      const { stdout } = await started(toy.file);
      expect(stdout).to.match(/awaiting the answer since \d/);
      expect(stdout).to.include('no span has come yet');
      expect(stdout).not.to.include('failed early');
    } finally {
      toy.remove();
    }
  });
});
