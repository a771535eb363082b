import { expect } from 'chai';
import { readBundle } from '../../src/orchestrator/index.js';
import { expectDemoTable } from '../helpers/demo-table.js';
import { REAL_STORES_WANTED, realStores } from '../helpers/real-stores.js';
import { skip } from '../helpers/skip.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

describe('tracecourt demo, on the real Neo4j, Redis and Kafka', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('judges every defect as on the embedded ones', async function () {
    const stores = realStores() ?? skip(this, REAL_STORES_WANTED);
    const run = expectDemoTable(await tracecourt(['demo', '--json', '--bundles', bundles.path], stores));

    const ready = readBundle(run, bundles.path).events.flatMap((event) =>
      event.type === 'store-ready' ? [event.server] : [],
    );
    expect(ready.map(({ store }) => store)).to.have.members(['neo4j', 'redis', 'kafka']);
    for (const { store, product } of ready) expect(product, store).not.to.equal('embedded');
  }).timeout(180_000);
});
