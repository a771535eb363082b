import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recording } from '../helpers/recording.js';
import { tracecourt } from '../helpers/tracecourt.js';

const order = (n: number, rest: string): string =>
  recording(`w web 0-90 server http.request.method=POST url.path=/orders\n${rest}`, {
    name: `order ${n}`,
    stamped: true,
  });

const PAID = 'r shop <w 1-5 step=reserve\np shop <w 6-20 step=pay\nm shop <w 21-30 step=mail\nl shop <w 22-31 step=log';
const REFUSED = 'r shop <w 1-5 step=reserve\nx shop <w 6-20 step=refuse !funds';

describe('tracecourt flow learn', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-learn-'));
    const orders = [PAID, REFUSED, PAID, PAID, REFUSED, PAID].map((rest, i) => order(i, rest));
    writeFileSync(file('orders.jsonl'), orders.join(''));
    const list = recording('w web 0-9 server http.request.method=GET url.path=/orders', { name: 'list' });
    writeFileSync(file('mixed.jsonl'), orders.join('') + list);
    writeFileSync(file('empty.jsonl'), '');
    writeFileSync(file('two.jsonl'), order(1, PAID) + order(2, REFUSED));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a flow that a person would have written, and that its requests conform to', async () => {
    const output = file('orders.flow.yaml');
    const { exitCode, stdout } = await tracecourt(['flow', 'learn', file('orders.jsonl'), '--output', output]);
    expect(stdout).to.include('Learnt from 6 requests; each of them conforms to it.');
    expect(exitCode).to.equal(0);
    const text = readFileSync(output, 'utf8');
    expect(text).to.include('flow: orders\n');
    expect(text).to.include('  refuse: { service: shop, may-fail: true } # in 2 of 6 requests; failed in 2\n');
    expect(text).to.include(`order:
  sequence:
    - post-orders
    - reserve
    - choice:
        - sequence: [pay, { parallel: [mail, log] }] # in 4 of 6 requests
        - refuse # in 2 of 6 requests
`);
    const checked = await tracecourt(['check', output, '--trace', file('orders.jsonl')]);
    expect(checked.exitCode).to.equal(0);
  });

  it('overwrites nothing unasked, and leaves nothing half-written', async () => {
    const output = file('kept.flow.yaml');
    writeFileSync(output, 'mine');
    const args = ['flow', 'learn', file('orders.jsonl'), '--output', output];
    const refused = await tracecourt(args);
    expect(refused.exitCode).to.equal(3);
    expect(refused.stderr).to.include('overwrite it with --force');
    expect(readFileSync(output, 'utf8')).to.equal('mine');
    expect((await tracecourt([...args, '--force'])).exitCode).to.equal(0);
    expect(readFileSync(output, 'utf8')).to.include('flow: kept');
    const nowhere = await tracecourt(['flow', 'learn', file('orders.jsonl'), '--output', file('no/such/folder.yaml')]);
    expect(nowhere.exitCode).to.equal(3);
    expect(readdirSync(folder).filter((name) => name.includes('draft'))).to.deep.equal([]);
  });

  it('gives the same text each time, alone on standard output', async () => {
    const args = ['flow', 'learn', file('orders.jsonl'), '--name', 'orders'];
    const [one, two] = [await tracecourt(args), await tracecourt(args)];
    expect(one.stdout).to.equal(two.stdout);
    expect(one.stdout).to.match(/^# Learnt by/);
    expect(one.stderr).to.include('Learnt from 6 requests');
  });

  it('holds requests out and says which of them do not conform', async () => {
    const args = ['flow', 'learn', file('two.jsonl'), '--hold-out', '2'];
    const { exitCode, stderr } = await tracecourt(args);
    expect(exitCode).to.equal(1);
    expect(stderr).to.include('Held out 1 request: 0 conform.');
    const { stdout } = await tracecourt([...args, '--json']);
    const result = JSON.parse(stdout) as { learntFrom: string[]; heldOut: { outcome: string }[] };
    expect(result.learntFrom).to.have.length(1);
    expect(result.heldOut).to.have.length(1);
  });

  it('asks which to take of requests that begin differently', async () => {
    const mixed = await tracecourt(['flow', 'learn', file('mixed.jsonl')]);
    expect(mixed.exitCode).to.equal(3);
    expect(mixed.stderr).to.include('post-orders (6), get-orders (1)');
    const one = await tracecourt(['flow', 'learn', file('mixed.jsonl'), '--entry', 'post-orders']);
    expect(one.exitCode).to.equal(0);
    const both = await tracecourt(['flow', 'learn', file('mixed.jsonl'), '--together']);
    expect(both.stdout).to.include('- get-orders # in 1 of 7 requests');
    const other = await tracecourt(['flow', 'learn', file('mixed.jsonl'), '--entry', 'put-orders']);
    expect(other.exitCode).to.equal(3);
    expect(other.stderr).to.include('No request begins with "put-orders"');
  });

  it('says so where there is nothing to learn from', async () => {
    const { exitCode, stderr } = await tracecourt(['flow', 'learn', file('empty.jsonl')]);
    expect(exitCode).to.equal(2);
    expect(stderr).to.include('No request is in the recordings.');
    const noRun = await tracecourt(['flow', 'learn', folder]);
    expect(noRun.exitCode).to.equal(3);
    expect(noRun.stderr).to.include('no bundle of a run');
    const wrong = await tracecourt(['flow', 'learn', file('orders.jsonl'), '--hold-out', '1']);
    expect(wrong.exitCode).to.equal(3);
  });
});
