import { expect } from 'chai';
import { toJson } from '../../src/lib/json.js';
import { loadScenarios, planVariants, readBundle, runCases } from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { repositoryRoot } from '../helpers/repository.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

const APPROVE = `${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`;

describe('what the judging side receives of requests with planted defects', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('never holds the name of one, in no span and in no store', async () => {
    const [loaded] = await loadScenarios([APPROVE]);
    const { baggage = '', known = [] } = loaded.scenario.defects ?? {};
    const names = known.map(({ name }) => name);
    expect(names).to.have.length(16);
    const { run } = await runCases(
      planVariants(
        loaded,
        names.map((name) => [name]),
      ),
      embeddedRun(bundles.path),
    );

    const { inputs, events, header } = readBundle(run, bundles.path);
    expect(header.cases.flatMap(({ defects }) => defects)).to.deep.equal(names);
    const bodies = inputs.flatMap((input) =>
      input.kind === 'arrival' ? [Buffer.from(input.body).toString('latin1')] : [],
    );
    const observed = events.filter(({ type }) => type === 'store-observed');
    expect(bodies.length).to.be.greaterThan(3 * names.length);
    expect(observed.length).to.be.greaterThan(3 * names.length);
    const seen = [...bodies, toJson(observed)].join('\n');
    for (const word of ['council-vote', 'gpu.voter', 'ctx:']) expect(seen.includes(word), word).to.equal(true);
    for (const name of [...names, baggage]) expect(seen.includes(name), name).to.equal(false);
  });
});
