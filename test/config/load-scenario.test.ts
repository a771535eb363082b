// biome-ignore-all lint/suspicious/noTemplateCurlyInString: scenario files have placeholders of this form
import { expect } from 'chai';
import { loadScenario } from '../../src/config/index.js';
import { TracecourtError } from '../../src/errors.js';

const SAMPLE = `version: 1
scenario: approve
flow: gpu-allocation.flow.yaml
defects: { baggage: gpu.defects, known: { lying-cache: { fail: orphan } } }
start:
  - name: council
    command: [node, build/council.js]
  - name: allocator
    command: [node, build/allocator.js]
    environment: { COUNCIL_URL: '\${council.http}', RUN: '\${run.id}' }
requests:
  - name: approve
    http: { method: POST, url: '\${allocator.http}/a', body: { model: a100, hours: 2 }, status: 201 }
timeouts: { start: 20s, request: 10s }
`;

/** Replace `from` by `to`: a problem at `place` with `message` in it. */
const MISTAKES: readonly (readonly [from: string, to: string, place: string, message: string])[] = [
  ['version: 1', 'version: one', '1:10', 'expected 1, got "one"'],
  ['scenario:', 'scenaro:', '2:1', 'did you mean "scenario"?'],
  ['scenario: approve\n', '', '1:1', '"scenario" is missing'],
  ['command: [node, build/council.js]', 'command: []', '7:14', 'item 1 is missing'],
  ['- name: allocator', '- name: council', '8:11', 'already the name'],
  ['council.http', 'concil.http', '10:34', 'did you mean "council"?'],
  ['council.http', 'allocator.http', '10:34', 'has not started yet'],
  ['council.http', 'council.port', '10:34', 'expected ${<service>.http}'],
  ['allocator.http', 'gateway.http', '13:33', 'unknown service "gateway"'],
  ['method: POST', 'method: PSOT', '13:21', 'did you mean "POST"?'],
  ["'${allocator.http}/a'", 'htp://x/a', '13:32', 'expected an address like http://'],
  ["'${allocator.http}/a'", 'http://', '13:32', 'expected an address like http://'],
  ['status: 201', 'status: 2010', '13:96', 'at most 599'],
  ['start: 20s', 'start: soon', '14:20', 'a duration like'],
  ['request: 10s', 'requests: 10s', '14:25', 'did you mean "request"?'],
  ['fail: orphan', 'fail: orphn', '4:64', 'did you mean "orphan"?'],
  ['fail: orphan', 'step: a', '4:56', 'either "fail" with a finding or "unknown" with a reason'],
  ['} } }', '} }, pairs: [{ of: [lying-cache, x], hidden: [], because: y }] }', '4:104', 'unknown defect "x"'],
];

describe('loadScenario', () => {
  it('makes paths absolute, fills defaults and writes bodies as JSON', async () => {
    const scenario = await loadScenario(SAMPLE, '/srv/shop/approve.yaml');
    expect(scenario).to.include({
      name: 'approve',
      file: '/srv/shop/approve.yaml',
      flow: '/srv/shop/gpu-allocation.flow.yaml',
    });
    expect(scenario.start[1]).to.deep.include({ cwd: '/srv/shop', command: ['node', 'build/allocator.js'] });
    expect(scenario.timeouts).to.deep.equal({ startMs: 20_000, requestMs: 10_000, quietMs: 5_000 });
    expect(scenario.requests[0]?.http).to.deep.equal({
      method: 'POST',
      url: '${allocator.http}/a',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"a100","hours":2}',
      status: [201],
    });
  });

  it('takes a request without a body', async () => {
    const scenario = await loadScenario(
      SAMPLE.replace('body: { model: a100, hours: 2 }, ', ''),
      '/srv/shop/approve.yaml',
    );
    expect(scenario.requests[0]?.http).to.deep.include({ headers: {}, body: undefined });
  });

  for (const [from, to, place, message] of MISTAKES) {
    it(`points at ${place} when it reads "${to.trim() || `no ${from.trim()}`}"`, async () => {
      let caught: unknown;
      await loadScenario(SAMPLE.replace(from, to), 'a.yaml').catch((error: unknown) => {
        caught = error;
      });
      expect(caught).to.be.instanceOf(TracecourtError).with.property('code', 'invalid-scenario');
      const problems = (caught as TracecourtError).problems.map((one) => `${one.line}:${one.column} ${one.message}`);
      expect(
        problems.some((one) => one.startsWith(`${place} `) && one.includes(message)),
        problems.join('\n'),
      ).to.equal(true);
    });
  }
});
