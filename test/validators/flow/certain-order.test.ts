import { expect } from 'chai';
import { certainGraph, certainPairs } from '../../../src/validators/flow/certain-order.js';
import { solveClocks } from '../../../src/validators/flow/clocks.js';
import { stableFacts } from '../../../src/validators/flow/order-facts.js';
import { type NodePairs, pairsOf, reachability } from '../../../src/validators/flow/reach.js';
import { indexSpans } from '../../../src/validators/flow/span-index.js';
import { randomTrace } from '../../helpers/random-case.js';
import { seeded } from '../../helpers/seeded.js';

const TRACES = Number(process.env['TRACECOURT_CERTAIN_TRACES'] ?? 3_000);

/** Which of the first nodes come before which; undefined if some come before themselves. */
function closure(order: NodePairs, nodes: number): readonly string[] | undefined {
  const all = Array.from({ length: nodes }, (_, node) => node);
  const before = reachability(order, all);
  return before && all.map((from) => all.map((to) => (before(from, to) ? '1' : '0')).join(''));
}

describe('the certain order, spelled out or not', () => {
  it(`has the same consequences for every point of ${TRACES} random traces`, function () {
    this.timeout(10_800_000);
    let clocked = 0;
    for (let seed = 1; seed <= TRACES; seed++) {
      const random = seeded(seed);
      const trace = randomTrace(random);
      const facts = stableFacts(indexSpans(trace), trace.startTime);
      const { readings, brokenClocks: broken, index } = facts;
      const clocks = solveClocks(readings, { count: index.processCount, broken });
      const isStep = index.spans.map(() => random.below(4) > 0);
      const options = { clocks, isAsked: (span: number): boolean => isStep[span] === true };
      const pairs = closure(certainPairs(facts, options), facts.nodes);
      const graph = certainGraph(facts, { stepOf: () => undefined, clocked: options });
      expect(pairs, `trace ${seed}`).to.deep.equal(closure(pairsOf(graph), facts.nodes));
      const unclocked = closure(certainPairs(facts), facts.nodes);
      if (pairs && unclocked && pairs.join() !== unclocked.join()) clocked++;
    }
    expect(clocked, 'traces in which clocks prove something').to.be.greaterThan(TRACES / 10);
  });
});
