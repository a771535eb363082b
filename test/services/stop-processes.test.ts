import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { skip } from '../helpers/skip.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import { stopProcesses } from './stop-processes.js';

describe('stopping processes', () => {
  const children: ChildProcess[] = [];
  before(function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process that says a line when it is set up. */
  async function start(source: string): Promise<ProcessIdentity> {
    const child = spawn(process.execPath, ['-e', `${source}; setInterval(() => {}, 1000); console.log('up')`]);
    children.push(child);
    await once(child.stdout, 'data');
    return identify(child.pid!)!;
  }

  it('signals all before it waits for any', async () => {
    // Ends only once the other has been told to: signalled one after the other, it would have to be killed.
    const second = await start('');
    const first = await start(
      `process.on('SIGTERM', () => setInterval(() => { try { process.kill(${second.pid}, 0) } catch { process.exit() } }, 5))`,
    );
    const ends = children.map((child) => once(child, 'exit'));
    const left = await stopProcesses([first, second], { graceMs: 10_000 });
    expect(left).to.deep.equal([]);
    expect(await Promise.all(ends), 'code and signal of each').to.deep.equal([
      [null, 'SIGTERM'],
      [0, null],
    ]);
  });

  it('kills what does not end in time', async () => {
    const stubborn = await start(`process.on('SIGTERM', () => {})`);
    expect(await stopProcesses([stubborn], { graceMs: 50 })).to.deep.equal([]);
    expect(isAlive(stubborn)).to.equal(false);
  });

  it('ends a group with its leader', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const member = identify(Number(String(said)))!;
    await stopProcesses([identify(child.pid!)!], { graceMs: 10_000, groups: true });
    while (isAlive(member)) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('leaves a later process of the same number alone', async () => {
    const other = await start('');
    await stopProcesses([{ ...other, startTicks: other.startTicks - 1 }], { graceMs: 50 });
    expect(isAlive(other)).to.equal(true);
  });
});
