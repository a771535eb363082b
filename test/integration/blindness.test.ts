import { expect } from 'chai';
import { toJson } from '../../src/lib/json.js';
import { readBundle } from '../../src/orchestrator/index.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

describe('what the judging side receives of a request with a planted defect', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  for (const defect of ['stuck-consumer', 'lost-telemetry']) {
    it(`never holds the name ${defect}, in no span and in no store`, async () => {
      const { stdout } = await tracecourt(['run', APPROVE, '--defect', defect, '--json', '--bundles', bundles.path]);
      const { inputs, events, header } = readBundle(JSON.parse(stdout).run, bundles.path);
      const bodies = inputs.flatMap((input) =>
        input.kind === 'arrival' ? [Buffer.from(input.body).toString('latin1')] : [],
      );
      expect(bodies.length).to.be.greaterThan(3);
      for (const body of bodies) expect(body).not.to.include(defect);
      const observed = events.filter(({ type }) => type === 'store-observed');
      expect(observed.length).to.be.greaterThan(2);
      expect(toJson(observed)).not.to.include(defect);
      expect(header.cases[0]?.defects).to.deep.equal([defect]);
    }).timeout(60_000);
  }
});
