import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';

async function problemsOf(value: string): Promise<readonly unknown[]> {
  const text = `version: 1\nflow: f\nsteps:\n  w: { attributes: { id: ${value} } }\norder: w\n`;
  const loaded = loadFlow(text, 'f.yaml').then(() => []);
  return loaded.catch((error: { readonly problems: readonly unknown[] }) => error.problems);
}

describe('a whole number in a flow', () => {
  it('is refused where it would be rounded', async () => {
    for (const written of ['9007199254740993', '-9007199254740993', '1234567890123456789']) {
      const [problem, ...others] = await problemsOf(written);
      expect(others).to.deep.equal([]);
      expect(problem).to.deep.include({ file: 'f.yaml', line: 4, column: 26 });
      expect(problem)
        .to.have.property('message')
        .that.matches(new RegExp(`^${written} cannot be told from its neighbours: `));
    }
  });

  it('is taken where it is exact, a text, or not written as whole', async () => {
    for (const written of ['9007199254740991', '"9007199254740993"', '1e20', '0.1']) {
      expect(await problemsOf(written)).to.deep.equal([]);
    }
  });
});
