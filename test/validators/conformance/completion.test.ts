import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { compileOrder, createChecker } from '../../../src/validators/conformance/index.js';
import { seeded } from '../../helpers/seeded.js';
import { type Random, randomRequest, toRequestOrder } from './random-request.js';
import { randomSteps } from './random-steps.js';
import { randomExactTree, randomTree } from './random-tree.js';

const PAIRS = Number(process.env['TRACECOURT_BRUTE_EDITS'] ?? 2_000);
const NAMES = ['a', 'b', 'c', 'd'];
const NONE: ReadonlySet<string> = new Set();

/** How many cases there were of each kind; throws at the first whose completion is not what it must be. */
function complete(
  firstSeed: number,
  treeOf: (random: Random) => FlowNode,
): Record<'whole' | 'lacking' | 'dearer', number> {
  const told = { whole: 0, lacking: 0, dearer: 0 };
  for (let seed = firstSeed; seed < firstSeed + PAIRS; seed++) {
    const random = seeded(seed);
    const tree = treeOf(random);
    const steps = randomSteps(random, { tree, names: NAMES, most: 4 });
    const open = toRequestOrder(tree, randomRequest(random, { steps, isWord: random.below(3) === 0 }), new Set(NAMES));
    const checker = createChecker(compileOrder(tree));
    if (checker.check(open).kind !== 'conforms') continue;
    const completion = checker.completion(open, NONE);
    const why = `seed ${seed}: ${JSON.stringify({ tree, steps, completion })}`;
    if (!completion) throw new Error(why);
    const closed = { ...open, mayStillCome: NONE };
    const least = checker.leastEdits(closed);
    expect(completion.deleted, why).to.deep.equal([]);
    expect(completion.inserted.length === 0, why).to.equal(checker.check(closed).kind === 'conforms');
    expect(completion.cost, why).to.be.at.least(least.cost);
    if (least.deleted.length === 0) expect(completion.cost, why).to.equal(least.cost);
    told[completion.cost === 0 ? 'whole' : completion.cost === least.cost ? 'lacking' : 'dearer']++;
  }
  return told;
}

describe('the completion of a request that may still conform', () => {
  it('lacks nothing if and only if it conforms as it is, and leaves nothing out, for trees of the exact class', function () {
    this.timeout(10_800_000);
    const told = complete(6_000_000, (random) => randomExactTree(random, NAMES));
    expect(Math.min(told.whole, told.lacking, told.dearer), JSON.stringify(told)).to.be.greaterThan(PAIRS / 200);
  });

  it('does the same for any tree', function () {
    this.timeout(10_800_000);
    const told = complete(7_000_000, (random) => randomTree(random, { steps: NAMES, leaves: 1 + random.below(5) }));
    expect(Math.min(told.whole, told.lacking, told.dearer), JSON.stringify(told)).to.be.greaterThan(PAIRS / 200);
  });
});
