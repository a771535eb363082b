import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recording } from '../helpers/recording.js';
import { tracecourt } from '../helpers/tracecourt.js';

const OURS = recording('r s 0-90\na s <r 1-5 step=a\nb s <r 10-20 step=b', { name: 'ours' });
const HEALTH = recording('r s 0-9 server', { name: 'health' });
const METRICS = recording('r s 0-9 server', { name: 'metrics' });
const LEAK = recording('r s 0-9 server card=x', { name: 'leak' });

const flowOf = (more: string): string =>
  `version: 1\nflow: shop\ntrust: quiet\nsteps: { a: {}, b: {}, refund: {} }\n${more}\n`;
const ORDER = flowOf('order: { sequence: [a, b] }');

/** What a Collector records holds more than the requests that a flow is about. */
describe('tracecourt check, of a recording with other traffic in it', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-mixed-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function check(flow: string, spans: readonly string[], ...more: readonly string[]) {
    const [flowFile, trace] = [join(folder, 'shop.flow.yaml'), join(folder, 'traces.jsonl')];
    writeFileSync(flowFile, flow);
    writeFileSync(trace, spans.join(''));
    return await tracecourt(['check', flowFile, '--trace', trace, ...more]);
  }

  const outcomes = (stdout: string): readonly string[] =>
    JSON.parse(stdout).requests.map(({ outcome }: { readonly outcome: string }) => outcome);

  it('leaves aside, and counts, what has no step of the flow', async () => {
    const { exitCode, stdout } = await check(ORDER, [HEALTH, OURS, METRICS]);
    expect(exitCode, stdout).to.equal(0);
    expect(stdout).to.match(/^PASS {4}/m);
    expect(stdout).to.include('2 requests without a step of the flow left aside: ');
    const json = await check(ORDER, [HEALTH, OURS, METRICS], '--json');
    expect(outcomes(json.stdout)).to.deep.equal(['pass']);
    expect(JSON.parse(json.stdout).leftAside).to.have.length(2);
  });

  it('is unknown where that is all there is, and says how one is judged all the same', async () => {
    const nothing = await check(ORDER, [HEALTH]);
    expect(nothing.exitCode).to.equal(2);
    expect(nothing.stdout).to.include('Nothing was judged').and.include('--request').and.include('1 request.');
    const [id = ''] = nothing.stdout.trim().split('\n').slice(-1);
    const named = await check(ORDER, [HEALTH], '--request', id.trim());
    expect(named.exitCode).to.equal(1);
    expect(named.stdout).to.include('missing-step');
  });

  it('still judges what no request may have, and only that', async () => {
    const { exitCode, stdout } = await check(`${ORDER}forbidden-attributes: [card]\n`, [LEAK, HEALTH, OURS]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.include('forbidden-attribute').and.not.include('missing-step');
    expect(stdout).to.include('1 request without');
  });

  it('judges every request by a flow that asks for no step', async () => {
    expect((await check(flowOf('rules: [{ absence: refund }]'), [HEALTH, OURS])).exitCode).to.equal(0);
    const quick = await check(flowOf('invariants: { quick: "spans.all(s, s.durationMs < 5.0)" }'), [HEALTH], '--json');
    expect(outcomes(quick.stdout)).to.deep.equal(['fail']);
    const once = await check(flowOf('invariants: { once: steps.a.size() == 1 }'), [HEALTH, OURS], '--json');
    expect(outcomes(once.stdout)).to.deep.equal(['pass']);
  });

  it('holds a recorded example to the requests of it that have a step', async () => {
    const file = join(folder, 'tested.flow.yaml');
    for (const [name, spans, code] of [
      ['mixed', HEALTH + OURS, 0],
      ['foreign', HEALTH, 1],
    ] as const) {
      writeFileSync(join(folder, `${name}.jsonl`), spans);
      writeFileSync(file, `${ORDER}examples: { recorded: [${name}.jsonl] }\n`);
      const { exitCode, stdout } = await tracecourt(['flow', 'test', file]);
      expect(exitCode, stdout).to.equal(code);
      expect(stdout.includes('no request in it has a step of the flow')).to.equal(code === 1);
    }
  });
});
