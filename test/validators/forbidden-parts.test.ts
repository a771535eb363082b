import { expect } from 'chai';
import { judgedLines } from '../helpers/judged-lines.js';

async function found(forbidden: string, attribute: string): Promise<readonly string[]> {
  const flow = `steps: {a: {}}\norder: a\nforbidden-attributes: [${forbidden}]`;
  const { findings } = await judgedLines(flow, `a s 0-3 step=a ${attribute}`);
  return findings.map((finding) => (finding.code === 'forbidden-attribute' ? finding.facts.attribute : finding.code));
}

describe('attributes that no span may have', () => {
  it('are looked for in the maps inside of others', async () => {
    expect(await found('"*card*"', 'user={"card":{"number":"1"}}')).to.deep.equal(['user.card']);
    expect(await found('"user.*.number"', 'user={"card":{"number":"1"}}')).to.deep.equal(['user.card.number']);
    expect(await found('"*.token"', 'users=[{"name":"x"},{"token":"y"}]')).to.deep.equal(['users.token']);
    expect(await found('"*.token"', 'users=[{"name":"x"}]')).to.deep.equal([]);
  });

  it('are found by a value inside of them at its own place', async () => {
    expect(
      await found('{ name: "*card*", value: "/4111/" }', 'user={"card":{"number":"4111"},"id":"7"}'),
    ).to.deep.equal(['user.card']);
    expect(await found('{ name: "*id*", value: "/4111/" }', 'user={"card":"4111","id":"7"}')).to.deep.equal([]);
  });

  it('are found by what stands at the end of a long text', async () => {
    const long = 'x'.repeat(100_000);
    expect(await found('{ value: "/\\\\b\\\\d{16}\\\\b/" }', `note="${long} 1234567812345678"`)).to.deep.equal([
      'note',
    ]);
    expect(await found('{ value: "/\\\\b\\\\d{16}\\\\b/" }', `note="${long} 1234"`)).to.deep.equal([]);
  });
});
