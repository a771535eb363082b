import { expect } from 'chai';
import { createAccountBook } from '../../collectors/index.js';
import { type Arrivals, completeArrivals, faultyArrivals } from './arrivals.js';
import { judge, type NewJudge } from './judging.js';
import { createRandom } from './random.js';
import { LEAKS } from './toy-options.js';
import { runToySystem, type ToySystem } from './toy-system.js';
import { plainRule, WEAKNESSES } from './weakened-rules.js';

const MOST_SYSTEMS = 20_000;

interface Trial {
  readonly system: ToySystem;
  readonly arrivals: Arrivals;
}

/** Everything in turn: all is well, something is lost, something cannot be proven as well. */
function trial(seed: number): Trial {
  const system = runToySystem(seed, { unprovable: seed % 4 === 3 });
  const arrive = seed % 2 === 0 ? completeArrivals : faultyArrivals;
  return { system, arrivals: arrive(system.exports, createRandom(-seed)) };
}

/** The first seed with which the rule speaks too early. */
function counterexample(rule: NewJudge): number | undefined {
  for (let seed = 1; seed <= MOST_SYSTEMS; seed++) {
    const { system, arrivals } = trial(seed);
    if (judge(system, arrivals, rule).misjudgement?.kind === 'too-early') return seed;
  }
  return undefined;
}

describe('the rule of accounting with one part left out', () => {
  for (const weakness of WEAKNESSES) {
    it(`speaks too early, and a random system shows it: ${weakness}`, () => {
      expect(counterexample(plainRule(weakness))).to.be.a('number');
    });
  }
});

describe('a rule that is never content', () => {
  it('speaks too late, and a random system shows it', () => {
    const { system, arrivals } = trial(2);
    const { misjudgement } = judge(system, arrivals, () => ({ add: () => undefined, isAccounted: () => false }));
    expect(misjudgement?.kind).to.equal('too-late');
  });
});

describe('the account book and the rule as it is written', () => {
  it('say the same after every span, in and out of the hypotheses', () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const leak = LEAKS[seed % (LEAKS.length * 2)];
      const system = runToySystem(seed, { unprovable: seed % 3 === 0, ...(leak ? { leak } : {}) });
      const arrive = seed % 2 === 0 ? completeArrivals : faultyArrivals;
      expectSame({ system, arrivals: arrive(system.exports, createRandom(-seed)) });
    }
  });
});

function expectSame({ system, arrivals }: Trial): void {
  const answers = (rule: NewJudge): string[] => {
    const said: string[] = [];
    const listening: NewJudge = (declarations) => {
      const inner = rule(declarations);
      return {
        add: (facts) => inner.add(facts),
        isAccounted: (rootKey, origins) => {
          const answer = inner.isAccounted(rootKey, origins);
          said.push(`${rootKey} ${answer}`);
          return answer;
        },
      };
    };
    judge(system, arrivals, listening);
    return said;
  };
  expect(answers(createAccountBook), `seed ${system.seed}`).to.deep.equal(answers(plainRule()));
}
