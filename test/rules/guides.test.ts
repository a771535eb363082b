import { expect } from 'chai';
import { loadScenario } from '../../src/config/index.js';
import { TOP_LEVEL_KEYS } from '../../src/flow/flow-schema.js';
import { loadFlow } from '../../src/flow/index.js';
import { COMPLETION_REASONS } from '../../src/model/index.js';
import { awaitedNext, judgeOpen } from '../../src/validators/index.js';
import { evidenceOf, traceOf } from '../helpers/evidence.js';
import { readRepositoryFile } from '../helpers/repository.js';

function examplesIn(page: string, mark: string): readonly string[] {
  const blocks = readRepositoryFile(page).matchAll(new RegExp(`<!-- ${mark} -->\n\`\`\`yaml\n(.*?)\n\`\`\``, 'gs'));
  return [...blocks].map(([, text = '']) => text);
}

describe('docs/flow.md', () => {
  it('shows flows that load', async () => {
    const flows = await Promise.all(examplesIn('docs/flow.md', 'flow').map((text) => loadFlow(text, 'docs/flow.md')));
    expect(flows.map(({ name }) => name)).to.deep.equal([
      'checkout',
      'checkout',
      'shop',
      'council',
      'booking',
      'parcels',
    ]);
  });

  it('tells what is said of open requests as it is said', async () => {
    const flow = await loadFlow(examplesIn('docs/flow.md', 'flow')[0] ?? '', 'docs/flow.md');
    const [, section = ''] = readRepositoryFile('docs/flow.md').split('## While the request is open');
    const rows = [
      ...section.matchAll(/^\| `([a-z ]+)` \| (awaiting|failed early|nothing)(?:.*`([a-z-]+)`)? *(?:.*)\|$/gm),
    ];
    expect(rows).to.have.length(5);
    for (const [, word = '', said, about] of rows) {
      const lines = word.split(' ').map((step, i) => `s${i} shop ${10 * i}-${10 * i + 5} step=${step}`);
      const spans = traceOf(lines.join('\n'), { completedBy: undefined, stamped: true });
      const evidence = evidenceOf(flow, { ...spans, requestId: '1' });
      const { outcome, findings } = judgeOpen(evidence);
      expect(outcome, word).to.equal(said === 'failed early' ? 'fail' : 'unknown');
      const named = said === 'failed early' ? findings.map(({ code }) => code) : awaitedNext(evidence);
      expect(named, word).to.deep.equal(about === undefined ? [] : [about]);
    }
  });

  it('speaks of every part that a flow can have', () => {
    const page = readRepositoryFile('docs/flow.md');
    for (const key of TOP_LEVEL_KEYS) expect(page, key).to.match(new RegExp(`^(\\| \`)?${key}\\b`, 'm'));
  });
});

describe('docs/scenario.md', () => {
  it('shows scenarios that load', async () => {
    const texts = examplesIn('docs/scenario.md', 'scenario');
    const scenarios = await Promise.all(texts.map((text) => loadScenario(text, 'docs/scenario.md')));
    expect(scenarios).to.have.length(2);
    expect(scenarios[1]?.defects?.known.map(({ name }) => name)).to.include('lost-telemetry');
  });
});

describe('docs/completion.md', () => {
  it('names every reason for completion, and no other', () => {
    const [, table = ''] = readRepositoryFile('docs/completion.md').split('## Every reason');
    const named = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
      cell.replaceAll('`', '').split(', '),
    );
    expect(named).to.have.members([...COMPLETION_REASONS]);
  });
});
