import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { skip } from '../helpers/skip.js';
import { fetchWhole } from './fetch-whole.js';

describe('a folder that is fetched whole', () => {
  let parent: string;
  let folder: string;
  before(function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
  });
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tracecourt-whole-'));
    folder = join(parent, 'below', 'it');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const fill = async (draft: string) => writeFileSync(join(draft, 'content'), '');
  const entries = () => readdirSync(join(parent, 'below')).sort();

  it('is there when it is whole, and filled only once', async () => {
    await fetchWhole(folder, undefined, fill);
    expect(readdirSync(folder)).to.deep.equal(['content']);
    await fetchWhole(folder, undefined, () => Promise.reject(new Error('filled again')));
  });

  it('is filled by one of two who want it at the same time, and both have it', async () => {
    let fillings = 0;
    const counting = async (draft: string) => {
      fillings += 1;
      await fill(draft);
    };
    await Promise.all([fetchWhole(folder, undefined, counting), fetchWhole(folder, undefined, counting)]);
    expect(fillings).to.equal(1);
    expect(entries()).to.deep.equal(['it', 'it.lock']);
  });

  it('is not there after a filling that failed, and what that left is removed by the next', async () => {
    const failure = await fetchWhole(folder, undefined, async (draft) => {
      await fill(draft);
      throw new Error('half full');
    }).catch((error: unknown) => error);
    expect(String(failure)).to.include('half full');
    expect(entries()).not.to.include('it');
    mkdirSync(join(parent, 'below', 'it.draft-of-one-who-was-killed'));
    await fetchWhole(folder, undefined, fill);
    expect(entries()).to.deep.equal(['it', 'it.lock']);
  });
});
