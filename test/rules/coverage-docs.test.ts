import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { COVERAGE_KINDS } from '../../src/model/index.js';
import { fencedAfter } from '../helpers/docs-blocks.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('docs/coverage.md', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-coverage-'));
    writeFileSync(join(folder, 'shop.flow.yaml'), fencedAfter('docs/coverage.md', 'covered flow'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows what is printed for the flow that it shows', async () => {
    const { stdout } = await tracecourt(['flow', 'test', join(folder, 'shop.flow.yaml')]);
    expect(stdout.trim()).to.equal(fencedAfter('docs/coverage.md', 'printed by: tracecourt flow test shop.flow.yaml'));
  });

  it('has a line for each kind of part, and for nothing else', () => {
    const rows = [...readRepositoryFile('docs/coverage.md').matchAll(/^\| `([a-z]+)` \|/gm)].map(([, kind]) => kind);
    expect(rows).to.deep.equal([...COVERAGE_KINDS]);
  });
});
