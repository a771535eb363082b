import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBundle } from '../../src/orchestrator/index.js';
import { repositoryRoot } from '../helpers/repository.js';
import { skip } from '../helpers/skip.js';
import { type CommandResult, embeddedEnvironment, temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';

describe('tracecourt run, where its recording cannot be kept', () => {
  it('names a disk that fills up, judges all the same, and leaves a bundle that is readable as far as it goes', async function fill() {
    if (process.platform === 'win32') skip(this, 'run it on Linux or macOS');
    const bundles = temporaryBundles();
    const { exitCode, stdout, stderr } = await withFileLimit(32, [
      'run',
      APPROVE,
      '--defect',
      'lying-cache',
      '--json',
      '--bundles',
      bundles.path,
    ]);
    const { run, scenarios, notices } = JSON.parse(stdout);
    expect(scenarios[0].findings[0], stderr).to.include({ code: 'span-without-effect', step: 'cache-write' });
    expect(exitCode).to.equal(1);
    expect(notices.join('\n'))
      .to.include(join(bundles.path, run))
      .and.match(/EFBIG|ENOSPC/);

    const { warnings, inputs } = readBundle(run, bundles.path);
    expect(inputs.length).to.be.greaterThan(0);
    expect(warnings.join('\n')).to.match(/left out|recording stopped/);
    const replayed = await tracecourt(['replay', run, '--json', '--bundles', bundles.path]);
    expect(replayed.exitCode, 'a replay of half a recording is no defect of ours').not.to.equal(5);
    expect(replayed.stderr).not.to.include('    at ');
    bundles.remove();
  });

  it('starts nothing when the folder cannot be made, and says which and why', async () => {
    const bundles = temporaryBundles();
    const inTheWay = join(bundles.path, 'a-file');
    writeFileSync(inTheWay, 'not a folder');
    const { exitCode, stdout, stderr } = await tracecourt(['run', APPROVE, '--bundles', inTheWay]);
    expect(stderr).to.include('bundle-unwritable').and.include(inTheWay).and.include('--bundles');
    expect(stderr).to.not.include('    at ').and.not.include('ready, process');
    expect(stdout).to.equal('');
    expect(exitCode).to.equal(3);
    expect(readFileSync(inTheWay, 'utf8')).to.equal('not a folder');
    expect(readdirSync(bundles.path)).to.deep.equal(['a-file']);

    const replayed = await tracecourt(['replay', '--bundles', inTheWay]);
    expect(replayed.stderr).to.include('not-found').and.include(inTheWay).and.not.include('    at ');
    expect(replayed.exitCode).to.equal(3);
    bundles.remove();
  });
});

/** Runs `tracecourt` where no file may grow beyond so many KiB: writing then fails just as on a full disk. */
function withFileLimit(kibibytes: number, args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // The unit of `ulimit -f` is 512 bytes in a POSIX shell.
    const script = `ulimit -f ${kibibytes * 2} && exec "$@"`;
    const child = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, 'bin/tracecourt.js', ...args], {
      cwd: repositoryRoot,
      env: embeddedEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
