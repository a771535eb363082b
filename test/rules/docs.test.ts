import { expect } from 'chai';
import { ERROR_CODES } from '../../src/errors.js';
import { readRepositoryFile } from '../helpers/repository.js';

describe('docs/errors.md', () => {
  const documented = [...readRepositoryFile('docs/errors.md').matchAll(/^\| `([a-z-]+)` \| (\d) \|/gm)].map(
    ([, code, exitCode]) => [code, Number(exitCode)],
  );

  it('has a line for each error code with its exit code, and for nothing else', () => {
    const known = Object.entries(ERROR_CODES).map(([code, { exitCode }]) => [code, exitCode]);
    expect(documented).to.have.deep.members(known);
  });
});
