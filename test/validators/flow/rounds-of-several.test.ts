import { expect } from 'chai';
import { wordOrder, wordSpecimens } from '../../../src/flow/index.js';
import { openCase } from '../../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../../src/orchestrator/name-peers.js';
import { checkWord, judge } from '../../../src/validators/index.js';
import { evidenceOf, flowOf, par, seq, traceOf } from '../../helpers/evidence.js';
import { evaluate } from '../../helpers/gpu-request.js';
import { seeded } from '../../helpers/seeded.js';
import { randomExactTree } from '../conformance/random-tree.js';

/** Any number of rounds side by side, each of which does both. */
const ROUNDS = flowOf(seq('s', { kind: 'repeat', child: par('a', 'b'), min: 0, max: 3, parallel: true }));

function verdict(lines: string) {
  return judge(evidenceOf(ROUNDS, traceOf(`r shop 0-90 server\ns shop <r 1-5 step=s\n${lines}`), {}), evaluate);
}

describe('rounds of several steps side by side', () => {
  it('fail where a round does one thing and not the other', () => {
    const { outcome, findings } = verdict('a shop <r 10-15 step=a');
    expect(outcome).to.equal('fail');
    expect(findings.map(({ code, step }) => `${code} ${step}`)).to.deep.equal(['missing-step b']);
  });

  it('fail where there are more of the one than of the other', () => {
    const { outcome } = verdict('a shop <r 10-15 step=a\na2 shop <r 12-18 step=a\nb shop <r 20-25 step=b');
    expect(outcome).to.equal('fail');
  });

  it('pass where there are as many of each, and where there is none', () => {
    expect(verdict('a shop <r 10-15 step=a\nb shop <r 20-25 step=b').outcome).to.equal('pass');
    expect(verdict('').outcome).to.equal('pass');
  });
});

describe('the verdict on a request that does what a word says', () => {
  it('is a pass if and only if the word conforms, whatever the tree of the exact class', () => {
    const random = seeded(21);
    const steps = ['a', 'b', 'c', 'd'];
    const seen = { true: 0, false: 0 };
    for (let i = 0; i < 2_000; i++) {
      const flow = flowOf(randomExactTree(random, steps));
      const word = Array.from({ length: 1 + random.below(5) }, () => random.pick(steps)).join(' ');
      const { conforms } = checkWord(flow, wordOrder(word));
      const [specimen] = wordSpecimens(flow, word);
      const { evidence } = openCase(specimen!.flow, specimen!.request, addressBook([]));
      const { outcome } = judge(evidence, evaluate);
      expect(outcome, `${word} in ${JSON.stringify(flow.order)}`).to.equal(conforms === true ? 'pass' : 'fail');
      seen[conforms === true ? 'true' : 'false']++;
    }
    expect(seen.true).to.be.greaterThan(40);
    expect(seen.false).to.be.greaterThan(200);
  });
});
