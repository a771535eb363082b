import { expect } from 'chai';
import { readBundle } from '../../src/orchestrator/index.js';
import { REQUESTS_OF_THE_DEMO } from '../helpers/demo-table.js';
import { gone, pidsIn, startCommand } from '../helpers/running-command.js';
import { SAYS_READY, toyScenario } from '../helpers/toy-scenario.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

/** Long enough to be interrupted. */
const DEMO = ['demo', '--json'];

/** A service that never answers and takes its time to stop, so that a second Ctrl-C comes while the first one is at work. */
const SLOW_TO_STOP = `
  const answer = () => undefined;
  const server = require('node:http').createServer(answer).listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ ready: true, http: 'http://127.0.0.1:' + server.address().port })));
  process.stdin.on('end', () => setTimeout(() => process.exit(0), 1_500)).resume();`;

describe('tracecourt, interrupted', () => {
  it('stops cleanly at the first Ctrl-C: exit 130, no service left, everything judged so far told and replayable', async () => {
    const bundles = temporaryBundles();
    await using demo = startCommand(DEMO, { bundles: bundles.path });
    await demo.seen('verdict-reached', 2);
    demo.kill('SIGINT');
    const { exitCode, stdout, stderr } = await demo.ended;

    expect(exitCode, stderr).to.equal(130);
    expect(stderr).to.include('press Ctrl-C again').and.not.include('    at ');
    const pids = pidsIn(demo.events());
    expect(pids).to.have.length(4);
    expect(await gone(pids)).to.deep.equal([]);

    const { scenarios, surprises } = JSON.parse(stdout);
    expect(scenarios.length).to.be.within(2, REQUESTS_OF_THE_DEMO - 1);
    expect(surprises).to.deep.equal([]);
    const { events, warnings } = readBundle(demo.run(), bundles.path);
    expect(warnings).to.deep.equal([]);
    expect(events.at(-1)).to.include({ type: 'run-ended', exitCode: 130 });
    await replaysAsSpoken(demo.run(), { bundles: bundles.path, judged: scenarios.length });
    bundles.remove();
  });

  it('exits at once at the second Ctrl-C, and its services end by themselves', async () => {
    const bundles = temporaryBundles();
    const slow = toyScenario(SLOW_TO_STOP);
    await using run = startCommand(['run', slow.file], { bundles: bundles.path });
    await run.seen('request-sent');
    run.kill('SIGINT');
    await run.said('press Ctrl-C again');
    run.kill('SIGINT');
    expect((await run.ended).exitCode).to.equal(130);
    expect(run.events().some(({ type }) => type === 'run-ended')).to.equal(false);
    const pids = pidsIn(run.events());
    expect(pids).to.have.length(1);
    expect(await gone(pids)).to.deep.equal([]);
    bundles.remove();
    slow.remove();
  });

  it('leaves no service behind when it is killed, and a bundle that is readable up to its last line', async () => {
    const bundles = temporaryBundles();
    await using demo = startCommand(DEMO, { bundles: bundles.path });
    const judged = await demo.seen('verdict-reached', 2);
    demo.kill('SIGKILL');
    await demo.ended;
    const pids = pidsIn(demo.events());
    expect(pids).to.have.length(4);
    expect(await gone(pids)).to.deep.equal([]);
    expect(demo.events().some(({ type }) => type === 'run-ended')).to.equal(false);
    const spoken = demo.events().filter(({ type }) => type === 'verdict-reached');
    expect(spoken.length).to.be.at.least(judged.length);
    await replaysAsSpoken(demo.run(), { bundles: bundles.path, judged: spoken.length });
    bundles.remove();
  });

  it('does not speak a verdict that it would still have waited with', async () => {
    const bundles = temporaryBundles();
    await using run = startCommand(['run', APPROVE, '--defect', 'stuck-consumer'], { bundles: bundles.path });
    await run.seen('request-completed');
    run.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).to.equal(130);
    expect(stdout).not.to.include('not-consumed');
    expect(run.events().filter(({ type }) => type === 'verdict-reached')).to.deep.equal([]);
    bundles.remove();
  });

  it('does not wait for a service that is still starting', async () => {
    const bundles = temporaryBundles();
    const never = toyScenario(`process.stdin.on('end', () => process.exit(0)).resume()`);
    await using run = startCommand(['run', never.file], { bundles: bundles.path });
    await run.seen('collector-ready');
    run.kill('SIGINT');
    expect((await run.ended).exitCode).to.equal(130);
    expect(run.events().at(-1)).to.include({ type: 'run-ended' });
    bundles.remove();
    never.remove();
  });

  it('does not wait for an answer that does not come', async () => {
    const bundles = temporaryBundles();
    const mute = toyScenario(`const answer = () => undefined; ${SAYS_READY}`);
    await using run = startCommand(['run', mute.file], { bundles: bundles.path });
    await run.seen('request-sent');
    run.kill('SIGINT');
    expect((await run.ended).exitCode).to.equal(130);
    expect(await gone(pidsIn(run.events()))).to.deep.equal([]);
    bundles.remove();
    mute.remove();
  });
});

async function replaysAsSpoken(
  run: string,
  { bundles, judged }: { readonly bundles: string; readonly judged: number },
): Promise<void> {
  const { stdout, stderr } = await tracecourt(['replay', run, '--json', '--bundles', bundles]);
  expect(stderr).to.equal('');
  const rows: readonly { readonly sameAsSpoken: boolean }[] = JSON.parse(stdout).scenarios;
  expect(rows.filter(({ sameAsSpoken }) => sameAsSpoken).length).to.be.at.least(judged);
}
