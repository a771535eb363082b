import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { skip } from '../helpers/skip.js';
import { LauncherError } from './launcher-error.js';
import { withLock } from './lock.js';

describe('the lock', () => {
  let folder: string;
  let file: string;
  before(function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one piece of work in at a time', async () => {
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      inside += 1;
      for (let turn = 0; turn < 10; turn += 1) {
        seen.push(inside);
        await new Promise(setImmediate);
      }
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, { timeoutMs: 10_000 }, work)));
    expect(seen).to.deep.equal(Array(30).fill(1));
  });

  it('gives back what the work gives, and lets the next in after a failure', async () => {
    const failure = await errorOf(
      withLock(file, { timeoutMs: 1_000 }, () => Promise.reject(new Error('the work failed'))),
    );
    expect(failure.message).to.equal('the work failed');
    expect(await withLock(file, { timeoutMs: 1_000 }, async () => 42)).to.equal(42);
  });

  it('says when it was not to be had in time, and does not begin the work', async () => {
    let began = false;
    const failure = await withLock(file, { timeoutMs: 10_000 }, () =>
      errorOf(
        withLock(file, { timeoutMs: 50 }, async () => {
          began = true;
        }),
      ),
    );
    expect(failure).to.be.instanceOf(LauncherError);
    expect(failure.message).to.include(file).and.include('another launcher');
    expect(began).to.equal(false);
  });

  it('ends the waiting when it is told to', async () => {
    const controller = new AbortController();
    await withLock(file, { timeoutMs: 10_000 }, async () => {
      const waiting = errorOf(withLock(file, { timeoutMs: 60_000, signal: controller.signal }, async () => undefined));
      controller.abort();
      expect((await waiting).name).to.equal('AbortError');
    });
  });

  it('is free again when its holder is killed', async () => {
    const source = `import { withLock } from ${JSON.stringify(new URL('./lock.js', import.meta.url).href)};
      await withLock(${JSON.stringify(file)}, { timeoutMs: 10_000 }, () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000) }));`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    expect(await withLock(file, { timeoutMs: 10_000 }, async () => 'free')).to.equal('free');
  });
});

async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, and there was none');
}
