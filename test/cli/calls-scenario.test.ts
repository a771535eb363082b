import { expect } from 'chai';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

describe('tracecourt run, with what the reference system may say on the wire', () => {
  it('judges a grant, a refusal and a request in vain a pass, every order of them proven', async () => {
    const bundles = temporaryBundles();
    const run = await tracecourt([
      'run',
      'examples/gpu-allocation/calls.scenario.yaml',
      '--json',
      '--bundles',
      bundles.path,
    ]);
    const { scenarios } = JSON.parse(run.stdout);
    expect(
      scenarios.map((row: { readonly verdict: string }) => row.verdict),
      run.stderr,
    ).to.deep.equal(['pass', 'pass', 'pass']);
    for (const row of scenarios) expect(row).to.deep.include({ completedBy: 'accounted', findings: [], reasons: [] });
    expect(run.exitCode).to.equal(0);
    bundles.remove();
  });
});
