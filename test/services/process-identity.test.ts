import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import fc from 'fast-check';
import { skip } from '../helpers/skip.js';
import { identify, isAlive, parseStat } from './process-identity.js';

const onLinux = process.platform === 'linux';

describe('the identity of a process', () => {
  const rest = `1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21`;

  it('reads state and start from a line of /proc/PID/stat', () => {
    expect(parseStat(`77 (java) S ${rest}\n`)).to.deep.equal({ state: 'S', startTicks: 4242 });
  });

  it('reads them whatever the program is called', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(parseStat(`77 (${name}) Z ${rest}`)).to.deep.equal({ state: 'Z', startTicks: 4242 });
      }),
    );
  });

  it('reads nothing from a line of another shape', () => {
    for (const line of ['', '77', '77 (java)', '77 (java) S 1 2', `77 java S ${rest}`, '77 (java) S a b c']) {
      expect(parseStat(line), line).to.equal(undefined);
    }
  });

  it('knows this process, and not a later one of the same number', function () {
    if (!onLinux) skip(this, 'run it on Linux');
    const self = identify(process.pid)!;
    expect(isAlive(self)).to.equal(true);
    expect(isAlive({ ...self, startTicks: self.startTicks - 1 })).to.equal(false);
    expect(isAlive({ ...self, bootId: 'an earlier boot' })).to.equal(false);
  });

  it('counts a zombie as dead', async function () {
    if (!onLinux) skip(this, 'run it on Linux');
    // The shell becomes a program that never asks how its child ended, before the child has.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(String(said));
      await until(() => identify(pid) === undefined);
      expect(() => process.kill(pid, 0), 'its number is still taken').not.to.throw();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
