import { expect } from 'chai';
import { loadScenario } from '../../src/config/index.js';
import { TOP_LEVEL_KEYS } from '../../src/flow/flow-schema.js';
import { loadFlow } from '../../src/flow/index.js';
import { COMPLETION_REASONS } from '../../src/model/index.js';
import { readRepositoryFile } from '../helpers/repository.js';

function examplesIn(page: string, mark: string): readonly string[] {
  const blocks = readRepositoryFile(page).matchAll(new RegExp(`<!-- ${mark} -->\n\`\`\`yaml\n(.*?)\n\`\`\``, 'gs'));
  return [...blocks].map(([, text = '']) => text);
}

describe('docs/flow.md', () => {
  it('shows flows that load', async () => {
    const flows = await Promise.all(examplesIn('docs/flow.md', 'flow').map((text) => loadFlow(text, 'docs/flow.md')));
    expect(flows.map(({ name }) => name)).to.deep.equal(['checkout', 'checkout', 'shop', 'council', 'booking']);
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
