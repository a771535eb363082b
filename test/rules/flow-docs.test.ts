import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fencedAfter } from '../helpers/docs-blocks.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('the first flow of docs/flow.md', () => {
  it('prints what the page shows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tracecourt-first-flow-'));
    const file = join(folder, 'checkout.flow.yaml');
    writeFileSync(file, fencedAfter('docs/flow.md', 'flow'));
    const { stdout } = await tracecourt(['flow', 'test', file]);
    rmSync(folder, { recursive: true, force: true });
    expect(stdout.trim()).to.equal(fencedAfter('docs/flow.md', 'printed by: tracecourt flow test checkout.flow.yaml'));
  });
});
