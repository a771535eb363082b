import { expect } from 'chai';
import { expectDemoTable } from '../helpers/demo-table.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

describe('tracecourt demo', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('judges every defect as the table says, and exits with 0', async () => {
    expectDemoTable(await tracecourt(['demo', '--json', '--bundles', bundles.path]));
  });

  it('tells a person what happened, in sentences, and how to look further', async () => {
    const { exitCode, stdout } = await tracecourt(['demo', '--defect', 'lying-cache', '--bundles', bundles.path]);
    expect(stdout)
      .to.include('FAIL')
      .and.include('`cache-write` says in allocator that it succeeded, but the cache has nothing');
    expect(stdout).to.match(/npx tracecourt trace \S+\.1/);
    expect(exitCode).to.equal(0);
  });
});
