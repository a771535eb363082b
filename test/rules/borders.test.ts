import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { repositoryRoot } from '../helpers/repository.js';

const ROOMS = ['src', 'collectors', 'instrumentation/src', 'examples/gpu-allocation/src'];

describe('the import table', () => {
  it('holds: no folder imports what it must not, and nothing imports in a circle', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', ...ROOMS],
      { cwd: repositoryRoot, encoding: 'utf8' },
    );
    expect(status, `${stdout}${stderr}`).to.equal(0);
    expect(stdout).to.match(/\d{2,} modules/);
  });
});
