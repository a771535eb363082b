import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MUTATION_KINDS } from '../../src/model/index.js';
import { fencedAfter } from '../helpers/docs-blocks.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('docs/mutate.md', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-mutate-'));
    writeFileSync(join(folder, 'shop.flow.yaml'), fencedAfter('docs/mutate.md', 'mutated flow'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows what is printed for the flow that it shows', async () => {
    const { exitCode, stdout } = await tracecourt(['flow', 'test', join(folder, 'shop.flow.yaml'), '--mutate']);
    const shown = fencedAfter('docs/mutate.md', 'printed by: tracecourt flow test shop.flow.yaml --mutate');
    expect(stdout.trim()).to.equal(shown);
    expect(exitCode).to.equal(0);
  });

  it('has a line for each kind of mutation, and for nothing else', () => {
    const rows = [...readRepositoryFile('docs/mutate.md').matchAll(/^\| `([a-z-]+) [A-Z]/gm)].map(([, kind]) => kind);
    expect(rows).to.deep.equal([...MUTATION_KINDS]);
  });

  it('is right about exit codes', async () => {
    const file = join(folder, 'shop.flow.yaml');
    const strict = ['flow', 'test', file, '--mutate', '--max-uncaught', '0'];
    expect((await tracecourt(strict)).exitCode).to.equal(1);
    expect((await tracecourt([...strict, '--allow', 'drop mail', '--allow', 'fail mail'])).exitCode).to.equal(0);
    const misspelt = await tracecourt([...strict, '--allow', 'fail mial']);
    expect(misspelt.exitCode).to.equal(3);
    expect(misspelt.stderr).to.include('Did you mean "fail mail"?');
  });
});
