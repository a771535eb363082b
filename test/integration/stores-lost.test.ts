import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { RunEvent } from '../../src/model/index.js';
import { loadScenarios, planCases, runCases } from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

describe('a run that loses the thread of its embedded stores', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('passes nothing from there on, says what was lost, and ends', async () => {
    const [loaded] = await loadScenarios([APPROVE]);
    let stores: Worker | undefined;
    process.once('worker', (opened: Worker) => {
      stores = opened;
    });
    const events: RunEvent[] = [];
    const loseThem = {
      name: 'who loses the stores',
      onEvent(event: RunEvent) {
        events.push(event);
        if (event.type === 'verdict-reached') void stores?.terminate();
      },
    };
    // Its services wait for a store that is gone; a request need not wait half a minute for them.
    const timeouts = { ...loaded.scenario.timeouts, requestMs: 5_000 };
    const impatient = { ...loaded, scenario: { ...loaded.scenario, timeouts } };
    const cases = [1, 2, 3].flatMap(() => planCases([impatient], []));
    const {
      failure,
      exitCode,
      cases: results,
    } = await runCases(cases, embeddedRun(bundles.path, { reporters: [loseThem] }));
    expect(results.map(({ verdict }) => verdict.outcome === 'pass')).to.deep.equal([true, false]);
    expect(failure?.code).to.equal('store-unavailable');
    expect(failure?.message).to.include('Neo4j at').and.include('Redis at').and.include('Kafka at');
    expect(exitCode).to.not.equal(0);
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    expect(notices.filter((message) => message.startsWith('The embedded stores are gone'))).to.have.lengthOf(1);
  });
});
