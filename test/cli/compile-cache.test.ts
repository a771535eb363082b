import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { tracecourt } from '../helpers/tracecourt.js';

const CAN_KEEP = 'enableCompileCache' in module;

describe('what a start of tracecourt has compiled', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'tracecourt-temporary-'));
  after(() => rmSync(temporary, { recursive: true, force: true }));

  it('is kept among temporary files for the next start, where Node can', async () => {
    const { exitCode } = await tracecourt(['--version'], { TMPDIR: temporary, NODE_COMPILE_CACHE: '' });
    expect(exitCode).to.equal(0);
    expect(readdirSync(temporary)).to.deep.equal(CAN_KEEP ? ['node-compile-cache'] : []);
  });

  it('is done without where it cannot be kept', async () => {
    const { exitCode, stderr } = await tracecourt(['--version'], { TMPDIR: '/dev/null', NODE_COMPILE_CACHE: '' });
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
  });
});
