import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { quantile } from '../../bench/interleaved.js';
import { repositoryRoot } from '../helpers/repository.js';

describe('bench/wrapper-cost', () => {
  it('measures every wrapper beside as many spans by hand, and prints a table', async () => {
    const args = ['build/bench/wrapper-cost.js', '--rounds', '1'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repositoryRoot });
    const [head = '', , ...rows] = stdout.trim().split('\n');
    const columns = head.split('|').length;
    expect(rows.length).to.be.greaterThan(8);
    for (const row of rows) {
      const [, , ...figures] = row.split('|');
      expect(figures).to.have.length(columns - 2);
      expect(figures.slice(0, 4).map(Number).every(Number.isFinite), row).to.equal(true);
    }
  });

  it('takes the value in the middle for the median', () => {
    expect(quantile([9, 1, 5])).to.equal(5);
    expect(quantile([4, 3, 2, 1], 0.25)).to.equal(2);
    expect(quantile([7], 0.99)).to.equal(7);
    expect(quantile([])).to.deep.equal(Number.NaN);
  });
});
