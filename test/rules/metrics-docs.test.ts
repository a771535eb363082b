import { type SpanExporter, startTracing } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { startCollector } from '../../collectors/index.js';
import { countVerdicts } from '../../src/orchestrator/verdict-counts.js';
import { readRepositoryFile } from '../helpers/repository.js';

const page = readRepositoryFile('docs/metrics.md');
const nowhere: SpanExporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => undefined };

interface Metric {
  readonly name: string;
  readonly type: string;
}

/** What the section's table says. */
function documented(section: string): readonly Metric[] {
  const [, text = ''] = page.split(`## ${section}\n`);
  const rows = (text.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
  return [...rows].map(([, name = '', type = '']) => ({ name, type }));
}

async function served(address: string): Promise<readonly Metric[]> {
  const text = await (await fetch(address)).text();
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
}

describe('docs/metrics.md', () => {
  it('names every metric of the collector with its type, and no other', async () => {
    await using collector = await startCollector({ metrics: countVerdicts(['checkout']).metrics });
    const metrics = await served(`${collector.address}/metrics`);
    expect(metrics.length).to.be.greaterThan(10);
    expect(documented('The collector')).to.have.deep.members(metrics);
  });

  it('names every metric of a service with its type, and no other', async () => {
    await using tracing = startTracing({ global: false, wrapExporter: () => nowhere, metricsPort: 0 });
    for (const attributes of [{ 'tracecourt.step': 's' }, { 'db.system.name': 'd' }, { 'messaging.system': 'm' }]) {
      tracing.tracer.startSpan('span', { attributes }).end();
    }
    const metrics = await served((await tracing.metricsAddress()) ?? '');
    expect(documented('The services')).to.have.deep.members(metrics);
  });
});
