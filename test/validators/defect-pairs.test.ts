import { expect } from 'chai';
import { expectationOf, loadScenarios, shortfalls } from '../../src/orchestrator/index.js';
import { judge } from '../../src/validators/index.js';
import { allocationStory } from '../helpers/allocation-story.js';
import { evaluate } from '../helpers/gpu-request.js';
import { repositoryRoot } from '../helpers/repository.js';

const [{ scenario, flow }] = await loadScenarios([`${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`]);
const names = (scenario.defects?.known ?? []).map(({ name }) => name);
const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]));

/** The table of the scenario, held against the judge without a service or a store: spans and records as the services leave them. */
describe('the table of planted defects', () => {
  it('is judged as it says, request by request', () => {
    expect(names).to.have.length(16);
    for (const defects of [[], ...names.map((name) => [name])]) {
      const verdict = judge(allocationStory(flow, defects), evaluate);
      expect(shortfalls(verdict, expectationOf(scenario.defects, defects)), defects.join()).to.deep.equal([]);
      if (!defects.includes('lost-telemetry')) expect(verdict.reasons, defects.join()).to.deep.equal([]);
    }
  });

  for (const defects of pairs) {
    const hidden = scenario.defects?.pairs.find(({ of }) => of.every((name) => defects.includes(name)));
    const what = hidden ? `${hidden.hidden.join()} is hidden: ${hidden.because}` : 'both are told';
    it(`${defects.join(' + ')}: ${what}`, () => {
      const verdict = judge(allocationStory(flow, defects), evaluate);
      expect(shortfalls(verdict, expectationOf(scenario.defects, defects))).to.deep.equal([]);
    });
  }

  it('says of no pair twice what is hidden', () => {
    const written = (scenario.defects?.pairs ?? []).map(({ of }) => [...of].sort().join(' + '));
    expect(new Set(written).size).to.equal(written.length);
  });
});
