import { expect } from 'chai';
import { recordNames } from '../../src/validators/store/record-names.js';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const LINES = 'w s 0-10 step=w output={"id":9007199254740993}';

function flowThatSays(expression: string): string {
  return `steps: {w: {}}\norder: w\nvalues: {id: "steps.w[0].output.id"}\ninvariants: {x: "${expression}"}`;
}

describe('whole numbers beyond 2^53', () => {
  it('are compared as they are', async () => {
    expect(wordsOf(await judgedLines(flowThatSays('steps.w[0].output.id == 9007199254740993'), LINES))).to.equal(
      'pass',
    );
    expect(wordsOf(await judgedLines(flowThatSays('steps.w[0].output.id == 9007199254740992'), LINES))).to.equal(
      'fail invariant-broken',
    );
  });

  it('are written as they are', async () => {
    expect(wordsOf(await judgedLines(flowThatSays("string(values.id) == '9007199254740993'"), LINES))).to.equal('pass');
  });

  it('are read from a store as they are', () => {
    const record = { store: 'redis', key: 'k', type: 'string', value: '{"id":9007199254740993}', ttlMs: -1 } as const;
    expect(recordNames(record)).to.deep.include({ json: { id: 9007199254740993n } });
  });
});
