import { expect } from 'chai';
import { startCollector } from '../../collectors/index.js';
import { countVerdicts } from '../../src/orchestrator/verdict-counts.js';
import { documentedMetrics, toldMetrics } from '../helpers/metric-names.js';

describe('docs/metrics.md', () => {
  it('names every metric of the collector with its type, and no other', async () => {
    await using collector = await startCollector({ metrics: countVerdicts(['checkout']).metrics });
    const metrics = toldMetrics(await (await fetch(`${collector.address}/metrics`)).text());
    expect(metrics.length).to.be.greaterThan(10);
    expect(documentedMetrics('The collector')).to.have.deep.members(metrics);
  });
});
