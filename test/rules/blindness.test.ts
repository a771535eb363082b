import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FINDING_CODES } from '../../src/model/index.js';
import { loadScenarios } from '../../src/orchestrator/index.js';
import { repositoryRoot } from '../helpers/repository.js';

const JUDGING_ROOMS = [
  'collectors',
  'src/model',
  'src/flow',
  'src/stores',
  'src/validators',
  'src/view',
  'src/embedded',
];

function sourcesIn(room: string): readonly string[] {
  const entries = readdirSync(join(repositoryRoot, room), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the judging side', () => {
  it('does not know the name of any planted defect', async () => {
    const [{ scenario }] = await loadScenarios([join(repositoryRoot, 'examples/gpu-allocation/approve.scenario.yaml')]);
    const planted = (scenario.defects?.known ?? []).map(({ name }) => name);
    expect(planted).to.include('lying-cache');
    // Two defects are called what they lead to: that word is the judging side's own.
    const names = planted.filter((name) => !(FINDING_CODES as readonly string[]).includes(name));
    expect(planted.length - names.length).to.equal(2);
    const files = JUDGING_ROOMS.flatMap(sourcesIn);
    expect(files.length).to.be.greaterThan(50);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      for (const name of [...names, scenario.defects?.baggage ?? '']) {
        expect(text.includes(name), `${name} in ${file}`).to.equal(false);
      }
    }
  });
});
