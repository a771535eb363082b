import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { STEP_STATES } from '../../src/model/index.js';
import { fencedAfter } from '../helpers/docs-blocks.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('docs/graph.md', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-graph-'));
    writeFileSync(join(folder, 'shop.flow.yaml'), fencedAfter('docs/graph.md', 'drawn flow'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows what is printed for the flow that it shows', async () => {
    const { stdout } = await tracecourt(['flow', 'graph', join(folder, 'shop.flow.yaml')]);
    const shown = fencedAfter('docs/graph.md', 'printed by: tracecourt flow graph shop.flow.yaml');
    expect(stdout.trim()).to.equal(shown);
  });

  it('has a line for each state of a step, and for nothing else', () => {
    const rows = [...readRepositoryFile('docs/graph.md').matchAll(/^\| `([a-z]+)` \|/gm)].map(([, state]) => state);
    expect(rows).to.have.members([...STEP_STATES]);
  });
});
