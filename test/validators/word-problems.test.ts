import { expect } from 'chai';
import { wordOrder } from '../../src/flow/index.js';
import type { FlowNode } from '../../src/model/index.js';
import { checkWord } from '../../src/validators/index.js';
import { choice, flowOf, opt, rep, seq } from '../helpers/evidence.js';

function rounds(child: FlowNode, more: Partial<FlowNode & { readonly kind: 'repeat' }> = {}): FlowNode {
  return { kind: 'repeat', child, min: 1, max: null, parallel: false, ...more };
}

const VOTES = seq('a', rep('vote', 3, 7, true), 'w');
const TRIES = rounds({ kind: 'step', step: 'try' }, { min: 3, max: 4, between: { kind: 'step', step: 'wait' } });

const CASES: readonly (readonly [string, FlowNode, string, readonly string[]])[] = [
  ['too few of a step', VOTES, 'a vote vote w', ['`vote` happened 2 times, 3 to 7 are needed']],
  [
    'one of a step that is needed without end',
    seq('a', rep('vote', 2, null)),
    'a vote',
    ['`vote` happened once, 2 or more are needed'],
  ],
  ['none of a step', VOTES, 'a w', ['`vote` is missing after `a`, 3 to 7 are needed']],
  ['none of the first step', seq(rep('vote', 2, 2), 'w'), 'w', ['`vote` is missing, 2 are needed']],
  [
    'too few rounds of several',
    seq('s', rounds(seq('a', 'b'), { min: 3, max: 3 })),
    's a b',
    ['1 round of `a`, `b`, 3 are needed'],
  ],
  [
    'no round of several',
    seq('s', rounds(seq('a', 'b'), { min: 2 })),
    's',
    ['no round of `a`, `b` after `s`, 2 or more are needed'],
  ],
  [
    'too few tries, with what is between',
    seq('s', TRIES),
    's try wait try',
    ['2 rounds of `wait`, `try`, 3 to 4 are needed'],
  ],
  ['a round that is not whole', rounds(seq('a', 'b'), { min: 2 }), 'a b a', ['`b` is missing after `a`']],
  [
    'a round that is not whole, and one too few',
    rounds(seq('a', 'b'), { min: 3 }),
    'a b a',
    ['2 rounds of `a`, `b`, 3 or more are needed', '`b` is missing after `a`'],
  ],
  [
    'too few of a step in the second round alone',
    rounds(seq('a', rep('v', 2, 2))),
    'a v v a v',
    ['`v` happened once, 2 are needed'],
  ],
  ['a step that is not repeated', seq('a', choice('b', 'c'), opt('d')), 'a', ['`b` is missing after `a`']],
  ['what is the wrong way round', seq('a', 'b'), 'b a', ['`a` has to end before `b` begins']],
  ['what goes on at one time', seq('a', 'b'), 'a | b', ['`a` has to end before `b` begins']],
  [
    'what is streamed the wrong way round',
    { ...seq('a', 'b'), by: 'start' } as FlowNode,
    'b a',
    ['`a` has to begin before `b`'],
  ],
  ['one too many', seq('a', 'b'), 'a a b', ['one `a` too many']],
  ['several too many, and one that has no place', seq('a', opt('b')), 'a a a', ['2 `a` too many']],
  ['a branch too many', choice('a', 'b'), 'a b', ['`b` has no place']],
  ['a gap between rounds that there were', TRIES, 'try try wait try', ['`wait` is missing after `try`']],
];

describe('what is said of a word that does not conform', () => {
  for (const [name, order, word, problems] of CASES) {
    it(`names ${name}`, () => {
      expect(checkWord(flowOf(order), wordOrder(word)).problems).to.deep.equal(problems);
    });
  }
});
