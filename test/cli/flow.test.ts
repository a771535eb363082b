import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { recording } from '../helpers/recording.js';
import { tracecourt } from '../helpers/tracecourt.js';

const FLOW = `version: 1
flow: shop
parameters: { most: 2 }
steps: { a: {}, b: {}, c: {} }
order: { sequence: [a, parallel: [b, c]] }
rules: [{ at-most: [a, "\${most}"] }]
`;

const GOOD = recording('r s 0-90\na s <r 1-5 step=a\nb s <r 10-20 step=b\nc s <r 12-30 step=c');
const BAD = recording('r s 0-90\na s <r 40-50 step=a\nb s <r 10-20 step=b\nc s <r 52-60 step=c');

describe('tracecourt flow test and tracecourt check', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-flow-'));
    writeFileSync(join(folder, 'good.jsonl'), GOOD);
    writeFileSync(join(folder, 'bad.jsonl'), BAD);
    writeFileSync(join(folder, 'torn.jsonl'), `${GOOD.split('\n')[0]}\n{"resourceSpans": [\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const flowWith = (examples: string): string => {
    const file = join(folder, 'shop.flow.yaml');
    writeFileSync(file, FLOW + examples);
    return file;
  };

  it('passes when every example is what the flow says it is', async () => {
    const file = flowWith('examples: { accepts: [a (b | c), a b c], rejects: [b a c, a b], recorded: [good.jsonl] }\n');
    const { exitCode, stdout } = await tracecourt(['flow', 'test', file, '--json']);
    expect(exitCode).to.equal(0);
    const result = JSON.parse(stdout) as { passed: number; failed: number; cases: readonly object[] };
    expect(result).to.deep.include({ passed: 5, failed: 0 });
    expect(result.cases[2]).to.deep.include({ kind: 'rejects', word: 'b a c', ok: true, cost: 2 });
    expect(result.cases[4]).to.deep.include({ kind: 'recorded', file: 'good.jsonl', ok: true });
  });

  it('fails when one is not, and says why', async () => {
    const file = flowWith('examples: { accepts: [b a c], rejects: [a b c], recorded: [bad.jsonl] }\n');
    const { exitCode, stdout } = await tracecourt(['flow', 'test', file]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.include('`a` has to end before `b` begins');
    expect(stdout).to.include('`b` ended');
    expect(stdout).to.match(/0 passed, 3 failed\n$/);
  });

  it('judges words by the rules too, with the parameters given', async () => {
    const file = flowWith('examples: { accepts: [a (b | c)] }\n');
    const { exitCode, stdout } = await tracecourt(['flow', 'test', file, '--param', 'most=0']);
    expect(exitCode).to.equal(1);
    expect(stdout).to.include('the rule at-most: [a, 0] is broken');
  });

  it('is unknown without an example, and refuses a flow that does not load', async () => {
    const none = await tracecourt(['flow', 'test', flowWith('')]);
    expect(none.exitCode).to.equal(2);
    expect(none.stdout).to.include('The flow is valid, and nothing was tested');
    const wrong = await tracecourt(['flow', 'test', flowWith('examples: { accepts: [a x] }\n')]);
    expect(wrong.exitCode).to.equal(3);
    expect(wrong.stderr).to.include('unknown step "x"');
    const parameter = await tracecourt(['flow', 'test', flowWith(''), '--param', 'most']);
    expect(parameter.exitCode).to.equal(3);
    expect(parameter.stderr).to.include('--param takes name=value');
  });

  it('makes conforming requests wrong, those of a recording too, and tells what nothing notices', async () => {
    const file = flowWith('budgets: { total: 1s }\nexamples: { accepts: [a (b | c)], recorded: [good.jsonl] }\n');
    const { exitCode, stdout } = await tracecourt(['flow', 'test', file, '--mutate', '--json']);
    expect(exitCode).to.equal(0);
    const { mutation } = JSON.parse(stdout) as {
      mutation: {
        tried: number;
        uncaught: number;
        doubted: number;
        requests: readonly { name: string; conforms: boolean }[];
      };
    };
    expect(mutation.requests.map(({ conforms }) => conforms)).to.deep.equal([true, true]);
    expect(mutation.tried).to.be.greaterThan(20);
    expect(mutation.uncaught).to.equal(0);
    // Nobody counted the spans of the recording: what is dropped may be lost.
    expect(mutation.doubted).to.equal(3);
  });

  it('has nothing to make wrong where nothing passes, and refuses options without their purpose', async () => {
    const file = flowWith('');
    const bad = await tracecourt(['flow', 'test', file, '--mutate', '--trace', join(folder, 'bad.jsonl')]);
    expect(bad.exitCode).to.equal(2);
    expect(bad.stdout).to.include('not used, since it does not pass as it is');
    const alone = await tracecourt(['flow', 'test', file, '--trace', join(folder, 'bad.jsonl')]);
    expect(alone.exitCode).to.equal(3);
    expect(alone.stderr).to.include('Add --mutate');
    const many = await tracecourt(['flow', 'test', file, '--mutate', '--max-uncaught', 'few']);
    expect(many.exitCode).to.equal(3);
    expect(many.stderr).to.include('takes a whole number');
  });

  it('checks recorded spans against a flow', async () => {
    const file = flowWith('');
    const good = await tracecourt(['check', file, '--trace', join(folder, 'good.jsonl'), '--json']);
    expect(good.exitCode).to.equal(0);
    const bad = await tracecourt(['check', file, '--trace', join(folder, 'bad.jsonl')]);
    expect(bad.exitCode).to.equal(1);
    expect(bad.stdout).to.include('wrong-order');
    const none = await tracecourt(['check', file, '--trace', join(folder, 'good.jsonl'), '--request', 'nobody']);
    expect(none.exitCode).to.equal(2);
  });

  it('tells what of the flow recorded requests exercised, over several files', async () => {
    const file = flowWith('');
    const good = join(folder, 'good.jsonl');
    const checked = await tracecourt(['check', file, '--trace', good]);
    expect(checked.stdout).to.match(/coverage of shop by 1 request: 3 of 3 steps, 1 of 1 rule\n$/);
    const both = await tracecourt(['flow', 'coverage', file, '--trace', good, '--trace', join(folder, 'bad.jsonl')]);
    expect(both.exitCode).to.equal(0);
    expect(both.stdout).to.include('by 2 requests');
    expect(both.stdout).to.include('of 1 request only the steps count');
    const little = flowWith('');
    writeFileSync(little, `${FLOW.replace('c: {}', 'c: {}, d: {}')}`);
    const json = await tracecourt(['flow', 'coverage', little, '--trace', good, '--json', '--fail-under', '90']);
    expect(json.exitCode).to.equal(1);
    const { coverage } = JSON.parse(json.stdout) as { coverage: { summary: readonly object[] } };
    expect(coverage.summary[0]).to.deep.equal({ kind: 'step', covered: 3, of: 4, missing: ['d'] });
  });

  it('asks for requests where none are given, and for a percentage that is one', async () => {
    const nothing = await tracecourt(['flow', 'coverage', flowWith('')]);
    expect(nothing.exitCode).to.equal(3);
    expect(nothing.stderr).to.include('Name runs');
    const odd = await tracecourt(['flow', 'coverage', flowWith(''), 'x', '--fail-under', '101']);
    expect(odd.exitCode).to.equal(3);
    expect(odd.stderr).to.include('a number from 0 to 100');
    const unknown = await tracecourt(['flow', 'coverage', flowWith(''), 'no-such-run']);
    expect(unknown.exitCode).to.equal(3);
  });

  it('draws the flow, and a request laid over it', async () => {
    const file = flowWith('');
    const plain = await tracecourt(['flow', 'graph', file]);
    expect(plain.exitCode).to.equal(0);
    expect(plain.stdout).to.match(/^flowchart LR\n/);
    const output = join(folder, 'bad.svg');
    const bad = await tracecourt(['flow', 'graph', file, '--trace', join(folder, 'bad.jsonl'), '--output', output]);
    expect(bad.exitCode).to.equal(0);
    expect(bad.stdout).to.equal('');
    const svg = readFileSync(output, 'utf8');
    expect(svg).to.include('class="step violated"');
    expect(svg).to.include('wrong-order: ');
    const json = await tracecourt(['flow', 'graph', file, '--trace', join(folder, 'good.jsonl'), '--json']);
    const document = JSON.parse(json.stdout) as {
      format: string;
      request: { outcome: string; leaves: readonly object[] };
    };
    expect(document.format).to.equal('mermaid');
    expect(document.request.outcome).to.equal('pass');
    expect(document.request.leaves).to.have.length(3);
  });

  it('says what it cannot draw, and why', async () => {
    const file = flowWith('');
    const graph = (...args: readonly string[]) => tracecourt(['flow', 'graph', file, ...args]);
    const good = join(folder, 'good.jsonl');
    for (const [args, told] of [
      [['--request', 'r1'], 'Add --trace FILE or --run RUN'],
      [['--trace', good, '--run', 'x'], 'Leave out --trace or --run'],
      [['--trace', good, '--request', 'nobody'], 'Request nobody is not in'],
      [['--format', 'pdf'], 'Allowed choices are mermaid, svg'],
      [['--output', join(folder, 'no/such/folder.svg')], 'The drawing cannot be written'],
    ] as const) {
      const { exitCode, stderr } = await graph(...args);
      expect(exitCode, told).to.equal(3);
      expect(stderr).to.include(told);
    }
  });

  it('tests every other example where one recording cannot be read', async () => {
    const file = flowWith('examples: { accepts: [a b c], recorded: [gone.jsonl, good.jsonl] }\n');
    const { exitCode, stdout } = await tracecourt(['flow', 'test', file]);
    expect(exitCode).to.equal(3);
    expect(stdout).to.match(/not ok {2}recorded {2}gone\.jsonl {2}.*cannot be read/);
    expect(stdout).to.match(/ok {6}recorded {2}good\.jsonl/);
    expect(stdout).to.include('2 passed, 1 failed');
  });

  for (const [what, content, told] of [
    ['is empty', '', /^No spans are in .*odd\.jsonl\.$/m],
    ['is something else', '{"foo":1}\n', /odd\.jsonl:1 is no OTLP trace export: it has no resourceSpans, but foo/],
    ['holds logs', '{"resourceLogs":[]}\n', /it holds logs \(resourceLogs\)\n/],
    ["is Jaeger's", '{"data":[{"traceID":"1","spans":[]}]}\n', /Jaeger's own JSON\n.*--from/],
    ['is pretty-printed', '{\n  "resourceSpans": []\n}\n', /jq -c/],
    ['is compressed', gzipSync(GOOD), /compressed with gzip/],
  ] as const) {
    it(`says of a recording that it ${what}`, async () => {
      const odd = join(folder, 'odd.jsonl');
      writeFileSync(odd, content);
      const { stdout, stderr, exitCode } = await tracecourt(['check', flowWith(''), '--trace', odd]);
      expect(`${stdout}${stderr}`).to.match(told);
      expect(exitCode).to.equal(content === '' ? 2 : 3);
    });
  }

  it('names the request that a recording does not have, and a misspelt option before one that is not given', async () => {
    const trace = join(folder, 'good.jsonl');
    const other = await tracecourt(['check', flowWith(''), '--trace', trace, '--request', 'x']);
    expect(other.stdout).to.include('No request x is in');
    const misspelt = await tracecourt(['check', flowWith(''), '--trac', trace]);
    expect(misspelt.stderr).to.include('--trac').and.include('Did you mean --trace?');
    expect(misspelt.exitCode).to.equal(3);
    const none = await tracecourt(['check', flowWith('')]);
    expect(none.stderr).to.include("option '--trace <file|id>' is missing");
    expect(none.exitCode).to.equal(3);
  });

  it('says which line of a recording is no export', async () => {
    const { exitCode, stderr } = await tracecourt(['check', flowWith(''), '--trace', join(folder, 'torn.jsonl')]);
    expect(exitCode).to.equal(3);
    expect(stderr).to.match(/torn\.jsonl:2 is no OTLP trace export/);
  });

  for (const name of ['gpu-allocation', 'calls', 'house-rules']) {
    it(`finds the flow of the reference system as it says of itself: ${name}`, async () => {
      const { exitCode, stdout } = await tracecourt(['flow', 'test', `examples/gpu-allocation/${name}.flow.yaml`]);
      expect(stdout).to.match(/\n1[12] passed, 0 failed\n$/);
      expect(stdout).not.to.include('warning');
      expect(exitCode).to.equal(0);
    });
  }
});
