import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toOtlpJson } from '../../collectors/index.js';
import { loadFlow } from '../../src/flow/index.js';
import { checkRecorded } from '../../src/orchestrator/sift-recorded.js';
import { buildSpan, spanIdOf, traceIdOf } from '../helpers/spans.js';

const FLOW = 'version: 1\nflow: shop\ntrust: quiet\nsteps: { pay: {}, mail: {} }\norder: { sequence: [pay, mail] }\n';

/** Two services that one root called at once, with clocks that only their calls tie, or with one clock. */
function exported(services: readonly [string, string]): string {
  const common = { traceId: traceIdOf('shop') };
  const root = spanIdOf('root');
  const [pay, mail] = services;
  const step = (name: string) => ({ name, parentSpanId: root, attributes: { 'tracecourt.step': name } });
  const spans = [
    buildSpan({ ...common, name: 'root', spanId: root, service: 'shop', kind: 'server', durationMs: 90 }),
    buildSpan({ ...common, ...step('pay'), service: pay, kind: 'server', startMs: 10, durationMs: 10 }),
    buildSpan({ ...common, ...step('mail'), service: mail, kind: 'server', startMs: 25, durationMs: 10 }),
  ];
  return JSON.stringify(toOtlpJson(spans));
}

describe('orders that nothing proves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-unproven-'));
  const file = join(folder, 'traces.jsonl');
  after(() => rmSync(folder, { recursive: true, force: true }));

  const checked = async (services: readonly [string, string], more = '') => {
    writeFileSync(file, exported(services));
    const { checked } = await checkRecorded(await loadFlow(FLOW + more, 'shop'), { file });
    return checked[0]?.verdict;
  };

  it('are named, with what the clocks say, to who looks', async () => {
    const verdict = await checked(['till', 'mailer']);
    expect(verdict?.outcome).to.equal('pass');
    expect(verdict?.strength).to.deep.equal({ required: 1, proven: 0, undecided: 1 });
    expect(verdict?.notes.filter((note) => note.includes('order'))).to.deep.equal([
      'undecided order, not proven: pay before mail (read 5 ms apart, nothing tells what the clocks differ by)',
    ]);
  });

  it('are none where one clock tells', async () => {
    const verdict = await checked(['till', 'till']);
    expect(verdict?.strength).to.deep.equal({ required: 1, proven: 1, undecided: 0 });
    expect(verdict?.notes.filter((note) => note.includes('order'))).to.deep.equal([]);
  });

  it('are a reason, and no note, where the flow asks for proof', async () => {
    const verdict = await checked(['till', 'mailer'], 'prove: true\n');
    expect(verdict?.outcome).to.equal('unknown');
    expect(verdict?.notes.filter((note) => note.includes('order'))).to.deep.equal([]);
    expect(verdict?.reasons.map(({ code }) => code)).to.include('undecided');
  });
});
