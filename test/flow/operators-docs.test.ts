import { expect } from 'chai';
import { parse } from 'yaml';
import { loadFlow, wordOrder } from '../../src/flow/index.js';
import { checkWord } from '../../src/validators/index.js';
import { stepNames } from '../explanations/step-names.js';
import { readRepositoryFile } from '../helpers/repository.js';

const [, section = ''] = readRepositoryFile('docs/flow.md').split('### One operator at a time');
const ROWS = [...section.matchAll(/^\| `([^`]+)` \| (`[^|]+`) \| (`[^|]+`) \|$/gm)];

describe('the operators in docs/flow.md', () => {
  it('are all there', () => {
    const shown = ROWS.map(([, order = '']) => order).join(' ');
    for (const operator of ['sequence', 'parallel', 'choice', 'optional', 'any-of', 'any-order', 'repeat', 'between']) {
      expect(shown).to.include(operator);
    }
  });

  for (const [, order = '', accepts = '', rejects = ''] of ROWS) {
    it(`${order} accepts and rejects the words beside it`, async () => {
      const parsed = parse(order) as Readonly<Record<string, unknown>>;
      const steps = Object.fromEntries(stepNames([parsed]).map((name) => [name, {}]));
      const flow = await loadFlow(JSON.stringify({ version: 1, flow: 'row', steps, order: parsed }), 'the row');
      const conforms = (word: string) => checkWord(flow, wordOrder(word)).conforms;
      for (const word of wordsIn(accepts)) expect(conforms(word), word).to.equal(true);
      for (const word of wordsIn(rejects)) expect(conforms(word), word).to.equal(false);
    });
  }
});

function wordsIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word.replaceAll('/', '|'));
}
