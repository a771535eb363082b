import { expect } from 'chai';
import { readRepositoryFile, repositoryFiles } from '../helpers/repository.js';

/** Mocha's own ways to leave a test out, silently or with all others. */
const WORDLESS = /\bthis\.skip\(|\b(?:it|describe|context)\.(?:skip|only)\(|\bx(?:it|describe)\(/g;

describe('the tests', () => {
  it('leave nothing out without saying what would enable it: skip(this, …) of test/helpers does', () => {
    const files = repositoryFiles('test', '.test.ts');
    expect(files.length).to.be.greaterThan(50);
    const found = files.flatMap((file) =>
      [...readRepositoryFile(file).matchAll(WORDLESS)].map(([word]) => `${file}: ${word}`),
    );
    expect(found).to.deep.equal([]);
  });
});
