import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startCollector, toOtlpJson } from '../../collectors/index.js';
import type { Span } from '../../src/model/index.js';
import { buildSpan, spanIdOf, traceIdOf } from '../helpers/spans.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';
const GPU_FLOW = 'examples/gpu-allocation/gpu-allocation.flow.yaml';
const TRACE = traceIdOf('shop');

const FLOW = `
version: 1
flow: shop
steps:
  order: { service: shop, kind: server, span: order }
  pay: { service: shop }
order: { sequence: [order, pay] }
`;

/** `pay` under `order`; without it, `order` alone. */
function spans(isPaid = true): readonly Span[] {
  const root = spanIdOf('order');
  const common = { traceId: TRACE, service: 'shop' };
  const pay = {
    name: 'pay',
    parentSpanId: root,
    startMs: 2,
    attributes: { 'tracecourt.step': 'pay', traceId: 'AAAA' },
  };
  return [
    buildSpan({ ...common, name: 'order', spanId: root, kind: 'server', durationMs: 9, error: 'late' }),
    ...(isPaid ? [buildSpan({ ...common, ...pay })] : []),
  ];
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const CODES = ['UNSET', 'OK', 'ERROR'];

/** The same export as Tempo writes it: ids in base64, kinds and statuses by name. */
function asTempo(all: readonly Span[]): object {
  const inTempo = (key: string, value: unknown): unknown => {
    if (typeof value === 'string' && /^(trace|span|parentSpan)Id$/.test(key) && value.length >= 16) {
      return Buffer.from(value, 'hex').toString('base64');
    }
    if (key === 'kind' && typeof value === 'number') return `SPAN_KIND_${KINDS[value]}`;
    return key === 'code' && typeof value === 'number' ? `STATUS_CODE_${CODES[value]}` : value;
  };
  return { batches: JSON.parse(JSON.stringify(toOtlpJson(all), inTempo)).resourceSpans };
}

describe('tracecourt check, of ids', () => {
  const bundles = temporaryBundles();
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-check-'));
  const flow = join(folder, 'shop.flow.yaml');
  const servers: Server[] = [];
  before(() => writeFileSync(flow, FLOW));
  after(() => {
    for (const server of servers) server.close();
    bundles.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = (file: string, ...args: string[]) => tracecourt(['check', file, ...args, '--bundles', bundles.path]);

  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function json(answers: Readonly<Record<string, object>>): RequestListener {
    return (request, response) => {
      const body = answers[request.url ?? ''];
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { error: { httpCode: 404 } }));
    };
  }

  it('finds the request, and the trace, of a recorded run', async () => {
    const ran = await tracecourt(['run', APPROVE, '--json', '--bundles', bundles.path]);
    const { requestId } = JSON.parse(ran.stdout).scenarios[0];
    const byId = await check(GPU_FLOW, '--trace', requestId, '--json');
    expect(byId.exitCode, byId.stderr).to.equal(0);
    const [verdict] = JSON.parse(byId.stdout).requests;
    expect(verdict).to.include({ requestId, outcome: 'pass', completedBy: 'accounted' });

    const shown = await tracecourt(['trace', requestId, '--json', '--bundles', bundles.path]);
    const { traceIds } = JSON.parse(shown.stdout);
    const byTrace = await check(GPU_FLOW, '--trace', traceIds[0].toUpperCase(), '--json');
    expect(JSON.parse(byTrace.stdout).requests).to.deep.equal([verdict]);

    const other = await check(flow, '--trace', requestId);
    expect(other.exitCode).to.equal(1);
    expect(other.stdout).to.include('missing-step').and.include('nothing-to-check');
  });

  it('says where it has looked for an id that nobody has', async () => {
    const { exitCode, stderr } = await check(flow, '--trace', 'nobody.1');
    expect(exitCode).to.equal(3);
    expect(stderr).to.include('nobody.1 is no file').and.include(bundles.path).and.include('--from');
    const file = await check(flow, '--trace', 'nobody.jsonl');
    expect(file.exitCode).to.equal(3);
    expect(file.stderr).to.include('nobody.jsonl cannot be read');
  });

  it("takes a trace from a query API in the form of Jaeger's v3", async () => {
    await using collector = await startCollector({ assembler: { rootQuietMs: 60_000 } });
    for (const isPaid of [false, true]) {
      const body = JSON.stringify(toOtlpJson(spans(isPaid)));
      const headers = { 'content-type': 'application/json' };
      await fetch(`${collector.address}/v1/traces`, { method: 'POST', headers, body });
      const { exitCode, stdout } = await check(flow, '--trace', TRACE, '--from', collector.address, '--json');
      const [{ outcome, findings, reasons }] = JSON.parse(stdout).requests;
      expect(findings.map(({ code }: { code: string }) => code)).to.deep.equal(['step-failed']);
      expect(reasons.map(({ code }: { code: string }) => code)).to.deep.equal(isPaid ? [] : ['incomplete']);
      expect([outcome, exitCode]).to.deep.equal(['fail', 1]);
    }
  });

  it('takes a trace from a query API in the forms of Tempo', async () => {
    const tempo = asTempo(spans());
    expect(JSON.stringify(tempo)).to.include('SPAN_KIND_SERVER').and.include('STATUS_CODE_ERROR').and.include('=="');
    const first = await serve(json({ [`/api/traces/${TRACE}`]: tempo }));
    const second = await serve(json({ [`/tempo/api/v2/traces/${TRACE}`]: { trace: tempo } }));
    const verdicts = await Promise.all(
      [first, `${second}/tempo/`].map(async (from) => {
        const { stdout, stderr } = await check(flow, '--trace', TRACE.toUpperCase(), '--from', from, '--json');
        expect(stdout, stderr).not.to.equal('');
        return JSON.parse(stdout).requests[0];
      }),
    );
    expect(verdicts[0]).to.deep.include({ requestId: TRACE, outcome: 'fail' });
    expect(verdicts[0].findings[0]).to.include({ code: 'step-failed', spanId: spanIdOf('order') });
    expect(verdicts[1]).to.deep.equal(verdicts[0]);
  });

  it('tells apart who is not there, who has no such trace, and who answers something else', async () => {
    const page = await serve((_, response) => response.setHeader('content-type', 'text/html').end('<html></html>'));
    const nobody = await serve(json({}));
    const gone = await serve(json({}));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const rows: readonly (readonly [readonly string[], number, string])[] = [
      [['--from', nobody], 3, `asked for trace ${TRACE}: /api/v3/traces/… has none`],
      [['--from', page], 3, 'answered text/html'],
      [['--from', gone], 4, 'does not answer: connect ECONNREFUSED'],
      [['--from', 'localhost:3200'], 3, 'is no http address'],
    ];
    for (const [args, exitCode, message] of rows) {
      const told = await check(flow, '--trace', TRACE, ...args);
      expect(told.stderr).to.include(message);
      expect(told.stderr).not.to.include('    at ');
      expect(told.exitCode).to.equal(exitCode);
    }
    const told = await check(flow, '--trace', 'order 7', '--from', nobody);
    expect(told.stderr).to.include('knows traces by their ids');
    expect(told.exitCode).to.equal(3);
  });
});
