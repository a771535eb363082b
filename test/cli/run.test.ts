import { expect } from 'chai';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

describe('tracecourt run, trace and replay', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());
  const kept = ['--bundles', bundles.path];

  async function run(...args: string[]) {
    const { exitCode, stdout, stderr } = await tracecourt(['run', APPROVE, '--json', ...kept, ...args]);
    expect(stdout, stderr).not.to.equal('');
    const document = JSON.parse(stdout);
    return { exitCode, run: document.run as string, rows: document.scenarios, coverage: document.coverage, stderr };
  }

  async function replayed(name: string) {
    const { stdout, exitCode } = await tracecourt(['replay', name, '--json', ...kept]);
    return { exitCode, rows: JSON.parse(stdout).scenarios };
  }

  it('judges the conforming request a pass by accounting, exits with 0, and the same again from its bundle', async () => {
    const { exitCode, run: name, rows } = await run();
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      verdict: 'pass',
      completedBy: 'accounted',
      findings: [],
      reasons: [],
      defect: null,
    });
    expect(exitCode).to.equal(0);
    const again = await replayed(name);
    expect(again.exitCode).to.equal(0);
    expect(again.rows[0]).to.deep.include({ verdict: 'pass', completedBy: 'accounted', sameAsSpoken: true });
  });

  it('tells what of the flow was exercised, and the same from the bundles of several runs', async () => {
    const flow = 'examples/gpu-allocation/gpu-allocation.flow.yaml';
    const { run: name, coverage } = await run();
    expect(coverage).to.have.length(1);
    expect(coverage[0].summary[0]).to.deep.include({ kind: 'step', covered: 9, of: 14 });
    expect(coverage[0].summary.at(-1)).to.deep.include({ kind: 'effect', covered: 4, of: 7 });
    const again = await tracecourt(['flow', 'coverage', flow, name, '--json', ...kept]);
    expect(JSON.parse(again.stdout).coverage).to.deep.equal(coverage[0]);
    const twice = await tracecourt(['flow', 'coverage', flow, name, name, '--json', ...kept]);
    expect(JSON.parse(twice.stdout).coverage.requests).to.equal(2);
    const mutated = await tracecourt(['flow', 'test', flow, '--mutate', '--run', name, '--json', ...kept]);
    const { mutation } = JSON.parse(mutated.stdout);
    expect(mutation.requests.at(-1)).to.deep.equal({ name: `${name}.1`, conforms: true, verdict: 'pass' });
    expect(
      mutation.mutations.find((each: { name: string }) => each.name === 'change allocation output.gpu').by,
    ).to.include('wrong-content');
  });

  it('judges a lying cache a fail, exits with 1; trace shows it, replay agrees', async () => {
    const { exitCode, run: name, rows } = await run('--defect', 'lying-cache');
    expect(rows[0].findings).to.have.length(1);
    expect(rows[0].findings[0]).to.include({
      code: 'span-without-effect',
      step: 'cache-write',
      store: 'redis',
      service: 'allocator',
    });
    expect(exitCode).to.equal(1);

    const again = await replayed(name);
    expect(again.exitCode).to.equal(1);
    expect(again.rows[0].sameAsSpoken).to.equal(true);
    expect(again.rows[0].findings).to.deep.equal(rows[0].findings);

    const shown = await tracecourt(['trace', rows[0].requestId, ...kept]);
    expect(shown.exitCode).to.equal(0);
    expect(shown.stdout)
      .to.include('span-without-effect')
      .and.include('`cache-write` says in allocator that it succeeded');
    expect(shown.stdout).to.match(/\[cache-write\].*◀/);
  });

  it('says unknown when the telemetry of a service is cut, exits with 2, and names the service', async () => {
    const { exitCode, run: name, rows } = await run('--cut-telemetry', 'council');
    expect(rows[0]).to.include({ verdict: 'unknown' });
    expect(rows[0].findings).to.deep.equal([]);
    expect(rows[0].reasons[0]).to.include({ code: 'telemetry-lost', service: 'council', count: 5 });
    expect(exitCode).to.equal(2);
    expect((await replayed(name)).rows[0]).to.include({ verdict: 'unknown', sameAsSpoken: true });
  });

  it('exits with 4 when a store is not where it should be, and names store and address', async () => {
    const { exitCode, stderr } = await tracecourt(['run', APPROVE, ...kept, '--neo4j-url', 'bolt://127.0.0.1:9']);
    expect(stderr).to.include('127.0.0.1:9').and.include('store-unavailable');
    expect(stderr).not.to.include('    at ');
    expect(exitCode).to.equal(4);
  });
});

describe('tracecourt, wrongly used', () => {
  const ROWS: readonly [what: string, args: readonly string[], said: RegExp][] = [
    ['an unknown command', ['rnu'], /Did you mean run\?/],
    ['an unknown flag', ['run', APPROVE, '--jsn'], /Did you mean --json\?/],
    ['an unknown defect', ['run', APPROVE, '--defect', 'lyng-cache'], /did you mean lying-cache\?/],
    ['an unknown service to cut', ['run', APPROVE, '--cut-telemetry', 'concil'], /concil.*council/s],
    ['a scenario that is not there', ['run', 'no-such.scenario.yaml'], /no-such\.scenario\.yaml cannot be read/],
    ['an address that is none', ['collect', '--http', 'here'], /--http|http/],
    ['a run that was never recorded', ['replay', 'r0', '--bundles', '/nonexistent'], /no recorded run r0/],
  ];
  for (const [what, args, said] of ROWS) {
    it(`says what is wrong with ${what}, without a stack, and exits with 3`, async () => {
      const { exitCode, stdout, stderr } = await tracecourt(args);
      expect(stderr).to.match(said);
      expect(stderr).not.to.include('    at ');
      expect(stdout).to.equal('');
      expect(exitCode).to.equal(3);
    });
  }

  it('explains every command and the exit codes on --help', async () => {
    for (const command of [[], ['demo'], ['run'], ['collect'], ['trace'], ['replay']]) {
      const { exitCode, stdout } = await tracecourt([...command, '--help']);
      expect(exitCode).to.equal(0);
      expect(stdout).to.include('Usage: tracecourt').and.include('Exit codes:');
      if (command.length > 0) expect(stdout).to.include('Examples:');
    }
  });
});
