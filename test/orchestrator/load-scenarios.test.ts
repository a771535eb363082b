import { expect } from 'chai';
import { loadScenarios } from '../../src/orchestrator/index.js';
import { repositoryRoot } from '../helpers/repository.js';

const scenarioFile = (name: string) => `${repositoryRoot}examples/gpu-allocation/${name}.scenario.yaml`;

describe('loadScenarios', () => {
  it('loads a flow once, however many scenarios name it', async () => {
    const [approve, reject] = await loadScenarios(['approve', 'reject'].map(scenarioFile));
    expect(reject?.flow).to.equal(approve.flow);
    const [again] = await loadScenarios([scenarioFile('approve')]);
    expect(again.flow).not.to.equal(approve.flow);
  });
});
