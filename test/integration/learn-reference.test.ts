import { expect } from 'chai';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const SCENARIOS = ['approve', 'reject', 'no-capacity'].map((name) => `examples/gpu-allocation/${name}.scenario.yaml`);

describe('the flow learnt of the reference system', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('tells its steps, its branches and its votes as the flow that was written by hand', async () => {
    const ran = await tracecourt(['run', ...SCENARIOS, '--bundles', bundles.path, '--json']);
    expect(ran.exitCode, ran.stdout + ran.stderr).to.equal(0);
    const { run } = JSON.parse(ran.stdout) as { run: string };
    const learnt = await tracecourt(['flow', 'learn', run, '--bundles', bundles.path, '--name', 'gpu-allocation']);
    expect(learnt.exitCode, learnt.stderr).to.equal(0);
    expect(learnt.stderr).to.include('Learnt from 3 requests; each of them conforms to it.');
    const { stdout } = learnt;
    // Whether votes end in time, and what beside each other overlaps, is up to the machine.
    expect(stdout).to.match(/^ {2}council-vote: \{ service: allocator(, may-fail: true)? \} # in 2 of 3 requests/m);
    expect(stdout).to.include('  notification: { service: notifier } # in 1 of 3 requests\n');
    expect(stdout).to.include('client: kafka, topic: gpu.rejected, kind: consumer } # in 1 of 3 requests\n');
    expect(stdout).to.include(`order:
  sequence:
    - post-allocations
    - allocation
    - choice:
        - sequence: # in 2 of 3 requests
            - repeat: { step: council-vote, times: 5, parallel: true }
            - choice:
                - sequence: # in 1 of 2 requests
                    - graph-write
`);
    expect(stdout).to.include('        - sequence: [pause, no-capacity] # in 1 of 3 requests\n');
  });
});
