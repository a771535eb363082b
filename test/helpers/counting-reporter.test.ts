import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from './repository.js';

const SKIP = new URL('./skip.js', import.meta.url).href;
const PASSES = `it('passes', () => {});`;
const FAILS = `it('fails', () => { throw new Error('so it does'); });`;
const SKIPS = `
  describe('a store', () => {
    it('is real', function () { skip(this, 'set STORE_URL'); });
    describe('on Linux', () => {
      before(function () { skip(this, 'run it on Linux'); });
      it('has a first row', () => {});
      it('has a second row', () => {});
    });
    it('has yet to be written');
  });`;

describe('the reporter', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-reporter-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs mocha as `npm test` does, on one file of tests. */
  function report(tests: string, environment: Readonly<Record<string, string>> = {}) {
    const file = join(folder, 'tests.mjs');
    writeFileSync(file, `import { skip } from '${SKIP}';\n${tests}`);
    const { TRACECOURT_FORBID_SKIPPED: _, ...inherited } = process.env;
    const { status, stdout } = spawnSync(process.execPath, ['node_modules/mocha/bin/mocha.js', file], {
      cwd: repositoryRoot,
      env: { ...inherited, ...environment },
      encoding: 'utf8',
    });
    return { status, end: stdout.slice(Math.max(0, stdout.search(/^(Skipped|\d+ passed)/m))) };
  }

  it('ends with the counts', () => {
    expect(report(PASSES)).to.deep.equal({ status: 0, end: '1 passed, 0 failed\n' });
    expect(report(PASSES + FAILS).status).to.equal(1);
  });

  it('says what was skipped and what would enable it, a line each', () => {
    const { status, end } = report(PASSES + SKIPS);
    expect(status).to.equal(0);
    expect(end.split('\n')).to.deep.equal([
      'Skipped:',
      '  a store is real: set STORE_URL',
      '  a store has yet to be written: it does not say what would enable it',
      '  a store on Linux has a first row: run it on Linux',
      '  a store on Linux has a second row: run it on Linux',
      '',
      '1 passed, 0 failed, 4 skipped',
      '',
    ]);
  });

  it('fails for what was skipped where that is forbidden, and only there', () => {
    const { status, end } = report(PASSES + SKIPS, { TRACECOURT_FORBID_SKIPPED: '1' });
    expect(status).to.equal(1);
    expect(end).to.include('Skipped, which TRACECOURT_FORBID_SKIPPED=1 forbids:\n  a store is real: set STORE_URL\n');
    expect(report(PASSES, { TRACECOURT_FORBID_SKIPPED: '1' }).status).to.equal(0);
    expect(report(SKIPS, { TRACECOURT_FORBID_SKIPPED: '0' }).status).to.equal(0);
    expect(report(FAILS + SKIPS, { TRACECOURT_FORBID_SKIPPED: '1' }).status).to.equal(1);
  });
});
