import { expect } from 'chai';
import { combineExitCodes } from '../../src/orchestrator/exit-code.js';
import { readRepositoryFile } from '../helpers/repository.js';

describe('combineExitCodes', () => {
  const ORDER = [130, 3, 5, 1, 4, 2, 0];

  it('lets the most telling one win, in the documented order', () => {
    for (const [index, winner] of ORDER.entries()) {
      expect(combineExitCodes(ORDER.slice(index).reverse())).to.equal(winner);
    }
    expect(readRepositoryFile('docs/errors.md')).to.include(`the first of ${ORDER.join(', ')} counts`);
  });

  it('calls a run of nothing unknown', () => {
    expect(combineExitCodes([])).to.equal(2);
  });

  it('calls a code it does not know a defect of ours', () => {
    expect(combineExitCodes([77])).to.equal(5);
  });
});
