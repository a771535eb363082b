import { expect } from 'chai';
import { startCommand } from '../helpers/running-command.js';
import { pester } from '../helpers/strangers.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const SCENARIOS = ['approve', 'reject', 'no-capacity'];
const FILES = SCENARIOS.map((name) => `examples/gpu-allocation/${name}.scenario.yaml`);

describe('tracecourt run, with the three scenarios of the reference system', () => {
  it('judges each a pass by accounting, with the services started once, whatever strangers post to its collector', async () => {
    const bundles = temporaryBundles();
    await using run = startCommand(['run', ...FILES, '--json'], { bundles: bundles.path });
    const [collector] = await run.seen('collector-ready');
    const answers = await pester(collector!.http);
    const { exitCode, stdout, stderr } = await run.ended;

    expect([...answers.keys()], 'what strangers were answered').to.have.members([200, 400, 415]);
    for (const count of answers.values()) expect(count).to.be.greaterThan(3);
    const { scenarios, notices } = JSON.parse(stdout);
    expect(scenarios.map((row: { readonly name: string }) => row.name)).to.deep.equal(SCENARIOS);
    for (const row of scenarios) {
      expect(row, stderr).to.deep.include({ verdict: 'pass', completedBy: 'accounted', findings: [], reasons: [] });
    }
    expect(notices).to.deep.equal([]);
    expect(exitCode).to.equal(0);
    expect(run.events().filter(({ type }) => type === 'service-ready')).to.have.length(4);
    const again = await tracecourt(['replay', run.run(), '--json', '--bundles', bundles.path]);
    for (const row of JSON.parse(again.stdout).scenarios) expect(row.sameAsSpoken).to.equal(true);
    bundles.remove();
  });
});
