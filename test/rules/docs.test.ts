import { expect } from 'chai';
import { ERROR_CODES } from '../../src/errors.js';
import { STORE_FAILURE_KINDS } from '../../src/model/index.js';
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

describe('docs/health.md', () => {
  it('has a line for each kind of failure of a store, and for nothing else', () => {
    const documented = [...readRepositoryFile('docs/health.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
      ([, kind]) => kind,
    );
    expect(documented).to.deep.equal([...STORE_FAILURE_KINDS]);
  });
});
