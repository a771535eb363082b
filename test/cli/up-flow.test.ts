import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toOtlpJson } from '../../collectors/index.js';
import { startLines } from '../helpers/running-lines.js';
import { buildSpan, spanIdOf, traceIdOf } from '../helpers/spans.js';

const FLOW = `
version: 1
flow: shop
steps:
  order: { service: shop }
  pay: { service: shop }
order: { sequence: [order, pay] }
`;

async function post(endpoint: string, request: string, steps: readonly string[]): Promise<void> {
  const traceId = traceIdOf(request);
  const own = { 'tracecourt.request.id': request };
  const root = buildSpan({
    traceId,
    name: 'root',
    spanId: spanIdOf(request),
    durationMs: 90,
    service: 'shop',
    attributes: own,
  });
  const spans = steps.map((step, i) =>
    buildSpan({
      traceId,
      name: step,
      spanId: spanIdOf(`${request} ${step} ${i}`),
      parentSpanId: root.spanId,
      startMs: 10 * (i + 1),
      service: 'shop',
      attributes: { ...own, 'tracecourt.step': step },
    }),
  );
  const body = JSON.stringify(toOtlpJson([root, ...spans]));
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers, body })).status).to.equal(200);
}

describe('tracecourt up and collect, with a flow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-flow-'));
  const flow = join(folder, 'shop.flow.yaml');
  before(() => writeFileSync(flow, FLOW));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('judge each request: at once what cannot be repaired, all of it when it is complete', async () => {
    await using up = startLines(['up', '--port', '0', '--flow', flow, '--root-quiet', '3s', '--json']);
    const { http } = JSON.parse((await up.said(/^\{"ready".*\}$/m))[0]);
    await post(http, 'wrong', ['pay', 'order']);
    await post(http, 'right', ['order', 'pay']);
    await post(http, 'short', ['order']);
    const early = JSON.parse((await up.said(/^.*"type":"failed-early".*$/m))[0]);
    expect(early).to.include({ requestId: 'wrong', flow: 'shop', spans: 3 });
    const last = async (id: string) =>
      JSON.parse((await up.said(new RegExp(`^.*"requestId":"${id}","revision".*$`, 'm')))[0]);
    const wrong = await last('wrong');
    expect(wrong).to.include({ completedBy: 'root-quiet', spans: 3 });
    expect(wrong.verdict.findings).to.deep.equal(early.findings);
    expect((await last('right')).verdict).to.include({ outcome: 'pass', flow: 'shop' });
    const waiting = JSON.parse((await up.said(/^.*"type":"awaiting","requestId":"short".*$/m))[0]);
    expect(waiting.awaited.map(({ what, name }: { what: string; name: string }) => [what, name])).to.deep.equal([
      ['step', 'pay'],
    ]);
    expect(waiting.lastSeen).to.deep.equal({ step: 'order', service: 'shop' });
    expect((await last('short')).verdict).to.include({ outcome: 'unknown' });
  });

  it('print the same for a person', async () => {
    await using collecting = startLines(['collect', '--http', '127.0.0.1:0', '--flow', flow, '--root-quiet', '1s']);
    const [, endpoint = ''] = await collecting.said(/Collecting spans at (\S+)\/v1\/traces/);
    await post(endpoint, 'wrong', ['pay', 'order']);
    await collecting.said(/failed early, after .*: request wrong\n +wrong-order {2}`pay` ended/);
    await collecting.said(/FAIL +wrong {2}root-quiet {2}3 spans of shop\n +wrong-order/);
  });

  it('refuse a flow that cannot be read', async () => {
    await using up = startLines(['up', '--port', '0', '--flow', join(folder, 'none.yaml')]);
    const { exitCode, stderr } = await up.ended;
    expect(exitCode).to.equal(3);
    expect(stderr).to.include('none.yaml');
  });
});
