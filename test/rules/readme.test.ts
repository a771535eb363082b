import { expect } from 'chai';
import { loadScenarios } from '../../src/orchestrator/index.js';
import { readRepositoryFile, repositoryRoot } from '../helpers/repository.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

/** The fenced block that follows `<!-- MARK -->`. */
function blockAfter(mark: string): string {
  const [, after = ''] = readRepositoryFile('README.md').split(`<!-- ${mark} -->\n`);
  return /^```[a-z]*\n(.*?)\n```/s.exec(after)?.[1] ?? '';
}

/** Ids, addresses, times and process numbers differ from run to run; the words must not. */
function steady(output: string): string {
  return output
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'RUN')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'DECISION')
    .replaceAll(/\b[0-9a-f]{16}\b/g, 'SPAN')
    .replaceAll(/\d+(\.\d+)? (ms|s)\b/g, 'TIME')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replaceAll(/process \d+/g, 'process N')
    .trim();
}

describe('README.md', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('shows what the demo prints', async () => {
    const shown = steady(blockAfter('printed by: tracecourt demo --defect lying-cache'));
    const { stdout } = await tracecourt(['demo', '--defect', 'lying-cache', '--bundles', bundles.path]);
    const judged = /^FAIL.*?(?=\n\n)/ms.exec(stdout)?.[0] ?? '';
    expect(shown).to.match(/^FAIL/);
    expect(shown).to.equal(steady(judged));
  });

  it('has a line for each planted defect, with what it must lead to', async () => {
    const [{ scenario }] = await loadScenarios([`${repositoryRoot}${APPROVE}`]);
    const rows = (scenario.defects?.known ?? []).map(({ name, verdict, finding, reason }) => {
      const about = finding
        ? `${finding.code} (${finding.step ?? finding.service})`
        : `${reason?.code} (${reason?.service})`;
      return `| \`${name}\` | ${verdict} | ${about} |`;
    });
    expect(rows.length).to.be.greaterThan(6);
    const readme = readRepositoryFile('README.md');
    expect(readme.match(/^\| `[a-z-]+` \| (fail|unknown) \|.*$/gm)).to.deep.equal(rows);
  });

  it('names every command, and no other', async () => {
    const { stdout } = await tracecourt(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\].*| {2}.*)$/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    const documented = [...readRepositoryFile('README.md').matchAll(/^\| `tracecourt ([a-z]+)/gm)].map(
      ([, name]) => name,
    );
    expect(commands.length).to.be.greaterThan(4);
    expect(documented).to.have.members(commands as string[]);
  });

  it('shows a flow that is valid', async () => {
    const { loadFlow } = await import('../../src/flow/index.js');
    const steps =
      'version: 1\nflow: readme\nsteps: { allocation: {}, council-vote: {}, graph-write: {}, cache-write: {}, event-publish: {} }\n';
    const values = 'values: { decisionId: "steps.allocation[0].output.decisionId" }\n';
    const flow = await loadFlow(steps + values + blockAfter('a flow'), 'README.md');
    expect(flow.effects).to.have.length(1);
  });
});
