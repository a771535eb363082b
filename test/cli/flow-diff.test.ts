import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recording } from '../helpers/recording.js';
import { tracecourt } from '../helpers/tracecourt.js';

const SHOP = `version: 1
flow: shop
steps:
  reserve: { service: shop }
  pay: { service: shop }
  mail: { service: shop, span: "send *" }
  log: { service: shop }
order: { sequence: [reserve, pay, { parallel: [mail, log] }] }
rules: [{ precedence: [reserve, pay] }]
budgets: { total: 2s }
`;

describe('tracecourt flow diff', () => {
  let folder = '';
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-diff-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds no difference in the order of what goes on side by side, nor in any spelling', async () => {
    const left = write('left.flow.yaml', SHOP);
    const right = write(
      'right.flow.yaml',
      SHOP.replace('[mail, log]', '[log, mail]')
        .replace('sequence: [reserve, pay,', 'sequence: [{ sequence: [reserve, { flow: paying }] },')
        .replace('rules:', 'flows: { paying: pay }\nrules:')
        .replace('2s', 'PT2S'),
    );
    const { exitCode, stdout } = await tracecourt(['flow', 'diff', left, right]);
    expect(stdout).to.equal('The flows mean the same.\n');
    expect(exitCode).to.equal(0);
  });

  it('tells steps, orders, rules and budgets that differ, in words and as JSON', async () => {
    const left = write('left.flow.yaml', SHOP);
    const right = write(
      'right.flow.yaml',
      SHOP.replaceAll('mail', 'notify')
        .replace('[reserve, pay, {', '[pay, reserve, {')
        .replace('precedence', 'response')
        .replace('2s', '3s')
        .replace('pay: { service: shop }', 'pay: { service: bank }'),
    );
    const { exitCode, stdout } = await tracecourt(['flow', 'diff', left, right]);
    expect(stdout).to.equal(`~ step \`mail\` is called \`notify\`
~ step \`pay\`: service: "shop" → "bank"
~ \`reserve\` and \`pay\`: before → after
- accepts: reserve pay log notify
+ accepts: pay reserve log notify
~ budget total: at most 2000 ms → at most 3000 ms
- rule precedence: [reserve, pay]
+ rule response: [reserve, pay]
8 differences between the flow and the other
`);
    expect(exitCode).to.equal(1);
    const json = JSON.parse((await tracecourt(['flow', 'diff', left, right, '--json'])).stdout) as {
      same: boolean;
      differences: readonly object[];
    };
    expect(json.same).to.equal(false);
    expect(json.differences[0]).to.deep.include({ kind: 'renamed', left: 'mail', right: 'notify', mark: '~' });
  });

  it('compares a flow with what was seen of its steps', async () => {
    const flow = write('left.flow.yaml', SHOP);
    const steps = 'r shop <w 1-5 step=reserve\np shop <w 6-20 step=pay\nl shop <w 22-31 step=log';
    const seen = [1, 2, 3].map((n) =>
      recording(`w web 0-90 server\n${steps}\nm shop <p 7-9 name="send mail"`, { name: `request ${n}`, stamped: true }),
    );
    const { exitCode, stdout } = await tracecourt(['flow', 'diff', flow, write('seen.jsonl', seen.join(''))]);
    expect(stdout).to.include('~ `mail` and `log`: side by side → before\n');
    expect(stdout).to.match(/differences? between the flow and what 3 requests show\n$/);
    expect(exitCode).to.equal(1);
  });

  it('refuses what it cannot read, with 3', async () => {
    const flow = write('left.flow.yaml', SHOP);
    expect((await tracecourt(['flow', 'diff', flow, join(folder, 'none.flow.yaml')])).exitCode).to.equal(3);
    const empty = await tracecourt(['flow', 'diff', flow, write('empty.jsonl', '')]);
    expect(empty.exitCode).to.equal(3);
    expect(empty.stderr).to.include('No whole request');
    const turned = await tracecourt(['flow', 'diff', folder, flow]);
    expect(turned.exitCode).to.equal(3);
    expect(turned.stderr).to.include('must be a flow');
  });
});
