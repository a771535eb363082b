import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { loadScenarios, planVariants, runCases } from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { SAYS_READY, toyScenario } from '../helpers/toy-scenario.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a run whose spans never arrive', () => {
  const bundles = temporaryBundles();
  const scenario = toyScenario(`function answer(request, response) { response.end('{}'); } ${SAYS_READY}`);
  after(() => {
    bundles.remove();
    scenario.remove();
  });

  it('ends in time, and says where they were sent and who should have passed them on', async () => {
    const [loaded] = await loadScenarios([scenario.file]);
    const timeouts = { ...loaded.scenario.timeouts, requestMs: 300 };
    const impatient = { ...loaded, scenario: { ...loaded.scenario, timeouts } };
    const collecting = setInterval(collectGarbage, 500);
    const { failure, exitCode } = await runCases(
      planVariants(impatient, [[]]),
      embeddedRun(bundles.path, { exportTo: 'http://127.0.0.1:9' }),
    );
    clearInterval(collecting);
    expect(failure?.code).to.equal('service-unavailable');
    expect(failure?.message).to.match(
      /^No span of request \S+ arrived within 5300 ms.*sent to http:\/\/127\.0\.0\.1:9,/,
    );
    expect(failure?.nextStep).to.match(
      /a Collector runs there and sends to http:\/\/127\.0\.0\.1:\d+ \(TRACECOURT_ENDPOINT/,
    );
    expect(exitCode).to.equal(4);
  });
});
