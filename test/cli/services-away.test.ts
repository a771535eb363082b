import { expect } from 'chai';
import { readBundle } from '../../src/orchestrator/index.js';
import { REQUESTS_OF_THE_DEMO } from '../helpers/demo-table.js';
import { gone, pidsIn, startCommand } from '../helpers/running-command.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

describe('tracecourt, when a service goes away in mid-run', () => {
  it('names it, its address and since when; keeps what was judged before; exits with 4', async () => {
    const bundles = temporaryBundles();
    await using demo = startCommand(['demo', '--json'], { bundles: bundles.path });
    const victim = 'council';
    const ready = (await demo.seen('service-ready', 4)).find(({ service }) => service === victim)!;
    await demo.seen('verdict-reached', 3);
    process.kill(ready.pid, 'SIGKILL');
    const { exitCode, stdout, stderr } = await demo.ended;

    expect(stderr).to.match(new RegExp(`service-unavailable: Service ${victim} \\(http://127\\.0\\.0\\.1:\\d+\\)`));
    expect(stderr)
      .to.include('was ended by SIGKILL')
      .and.match(/away since \d{4}-\d\d-\d\dT/);
    expect(stderr).not.to.include('    at ');
    const { scenarios, surprises } = JSON.parse(stdout);
    expect(surprises).to.deep.equal([]);
    expect(scenarios.slice(0, 3).map((row: { readonly verdict: string }) => row.verdict)).to.deep.equal([
      'pass',
      'fail',
      'fail',
    ]);
    expect(scenarios.length).to.be.lessThan(REQUESTS_OF_THE_DEMO);
    expect(exitCode).to.equal(4);
    expect(await gone(pidsIn(demo.events()))).to.deep.equal([]);
    expect(readBundle(demo.run(), bundles.path).warnings).to.deep.equal([]);
    bundles.remove();
  });
});
