import { expect } from 'chai';
import { createAccountBook } from '../../collectors/index.js';
import { completeArrivals, faultyArrivals } from './arrivals.js';
import { judge, type Misjudgement } from './judging.js';
import { createRandom } from './random.js';
import { seeds } from './seeds.js';
import { runToySystem } from './toy-system.js';

const SYSTEMS = 30_000;

function explain({ kind, seed, request, missing }: Misjudgement): string {
  return `seed ${seed}: ${request.requestId} was called accounted ${kind}, ${missing} spans missing`;
}

describe('accounting of random systems, inside its hypotheses', () => {
  it('says it at the last arrival, and not before', () => {
    let accounted = 0;
    let systems = 0;
    for (const seed of seeds(1, SYSTEMS)) {
      const system = runToySystem(seed, { unprovable: false });
      const arrivals = completeArrivals(system.exports, createRandom(-seed));
      const judged = judge(system, arrivals, createAccountBook);
      if (judged.misjudgement) expect.fail(explain(judged.misjudgement));
      accounted += judged.accounted;
      systems++;
    }
    expect(accounted).to.be.greaterThan(systems);
  });

  it('is never said while anything is missing: losses, robbed accounts, processes without a ledger', () => {
    for (const seed of seeds(1_000_000, SYSTEMS)) {
      const system = runToySystem(seed, { unprovable: seed % 2 === 0 });
      const arrivals = faultyArrivals(system.exports, createRandom(-seed));
      const { misjudgement } = judge(system, arrivals, createAccountBook);
      if (misjudgement) expect.fail(explain(misjudgement));
    }
  });
});
