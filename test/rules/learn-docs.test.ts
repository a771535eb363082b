import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fencedAfter } from '../helpers/docs-blocks.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('docs/learn.md', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-learn-docs-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows the flow that is learnt', async () => {
    const command = 'flow learn test/fixtures/redis-commander.jsonl --hold-out 2 --name redis-commander';
    const { stdout } = await tracecourt(command.split(' '));
    expect(fencedAfter('docs/learn.md', `printed by: tracecourt ${command}`)).to.equal(stdout.trim());
  });

  it('shows how two flows differ as it is printed', async () => {
    for (const side of ['left', 'right']) {
      writeFileSync(join(folder, `${side}.flow.yaml`), fencedAfter('docs/learn.md', `${side} flow`));
    }
    const files = ['left', 'right'].map((side) => join(folder, `${side}.flow.yaml`));
    const { stdout } = await tracecourt(['flow', 'diff', ...files]);
    expect(fencedAfter('docs/learn.md', 'printed by: tracecourt flow diff left.flow.yaml right.flow.yaml')).to.equal(
      stdout.trim(),
    );
  });
});
