import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { leastEditsBySearch } from '../../../src/validators/conformance/edit-search.js';
import {
  type CyclePoint,
  compileOrder,
  createChecker,
  type LeastEdits,
  type RequestOrder,
} from '../../../src/validators/conformance/index.js';
import { boundsOfNodes } from '../../../src/validators/conformance/label-bounds.js';
import { describeEdits } from '../../../src/validators/conformance/least-edits.js';
import { seq } from '../../helpers/evidence.js';
import { seeded } from '../../helpers/seeded.js';
import { leastCostByBruteForce } from './brute-force.js';
import { type Random, randomRequest, type ToyRequest, toRequestOrder } from './random-request.js';
import { randomSteps } from './random-steps.js';
import { randomExactTree, randomTree } from './random-tree.js';

const PAIRS = Number(process.env['TRACECOURT_BRUTE_EDITS'] ?? 400);

interface Case {
  readonly tree: FlowNode;
  readonly request: ToyRequest;
  readonly open: ReadonlySet<string>;
}

function randomCase(random: Random, treeOf: (names: readonly string[]) => FlowNode): Case {
  const names = ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4));
  const tree = treeOf(names);
  const steps = randomSteps(random, { tree, names, most: 4 });
  const isWord = random.below(3) === 0;
  const open = new Set(random.below(5) === 0 ? names.filter(() => random.below(2) === 0) : []);
  return { tree, request: randomRequest(random, { steps, isWord }), open };
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, each) => (each instanceof Set ? [...each] : each));
}

/** Counts how many cases of each cost there were; throws at the first that the check and brute force see differently. */
function compare(firstSeed: number, treeOf: (random: Random, names: readonly string[]) => FlowNode): readonly number[] {
  const costs: number[] = [];
  for (let seed = firstSeed; seed < firstSeed + PAIRS; seed++) {
    const random = seeded(seed);
    const { tree, request, open } = randomCase(random, (names) => treeOf(random, names));
    const edits = createChecker(compileOrder(tree)).leastEdits(toRequestOrder(tree, request, open));
    const expected = leastCostByBruteForce(tree, { request, open, most: Math.min(edits.cost, 4) });
    if (!edits.isLeast || edits.cost !== expected) {
      if (expected === undefined && edits.cost > 4) continue;
      expect.fail(`seed ${seed}: ${show(edits)}, expected ${expected} of ${show({ tree, request, open })}`);
    }
    verify(edits, request);
    costs[expected] = (costs[expected] ?? 0) + 1;
  }
  return costs;
}

function verify({ cost, deleted, inserted, run }: LeastEdits, { happenings, certain }: ToyRequest): void {
  expect(deleted.length + inserted.length).to.equal(cost);
  expect(run.places.slice(happenings.length)).to.deep.equal(inserted.map(({ place }) => place));
  const before = closure(happenings.length, certain);
  for (const { occurrence, cycle } of deleted) {
    expect(run.places[occurrence]).to.equal(undefined);
    cycle?.forEach(({ from, to, because }, i) => {
      expect(to).to.deep.equal(cycle[(i + 1) % cycle.length]!.from);
      if (because === 'certain') expect(before.has(`${pointOf(from)} ${pointOf(to)}`)).to.equal(true);
    });
    if (cycle) expect(cycle.flatMap(({ from, to }) => [from.occurrence, to.occurrence])).to.include(occurrence);
  }
}

function pointOf({ occurrence, point }: CyclePoint): number {
  return 2 * occurrence + (point === 'end' ? 1 : 0);
}

/** Each pair of points of which the first certainly comes before the second. */
function closure(count: number, certain: ToyRequest['certain']): ReadonlySet<string> {
  const pairs = new Set([
    ...certain.map(([p, q]) => `${p} ${q}`),
    ...Array.from({ length: count }, (_, i) => `${2 * i} ${2 * i + 1}`),
  ]);
  const points = Array.from({ length: 2 * count }, (_, point) => point);
  for (const via of points) {
    for (const p of points) {
      for (const q of points) if (pairs.has(`${p} ${via}`) && pairs.has(`${via} ${q}`)) pairs.add(`${p} ${q}`);
    }
  }
  return pairs;
}

describe('the least edits against brute force', () => {
  it(`are as few as any, for ${PAIRS} requests under trees of the exact class`, function () {
    this.timeout(3_600_000);
    const costs = compare(3_000_000, randomExactTree);
    expect(Math.min(costs[0] ?? 0, costs[1] ?? 0, costs[2] ?? 0)).to.be.greaterThan(PAIRS / 20);
  });

  it(`are as few as any, for ${PAIRS} requests under any tree`, function () {
    this.timeout(3_600_000);
    const costs = compare(4_000_000, (random, steps) => randomTree(random, { steps, leaves: 1 + random.below(4) }));
    expect(Math.min(costs[0] ?? 0, costs[1] ?? 0, costs[2] ?? 0)).to.be.greaterThan(PAIRS / 20);
  });

  it('may add the first place of a step that has to end after what comes behind it', () => {
    const d: FlowNode = { kind: 'step', step: 'd' };
    const rounds: FlowNode = { kind: 'repeat', child: seq('c', 'a'), between: d, min: 2, max: 2, parallel: false };
    const request: RequestOrder = {
      occurrences: ['d', 'c', 'a'].map((step, i) => ({ labels: [step], start: 2 * i, end: 2 * i + 1, tied: true })),
      nodes: 6,
      // d began before c ended, and ended before a began; c began and ended before a ended.
      certain: [0, 3, 1, 4, 2, 5, 3, 5],
      causes: [],
    };
    const { cost, deleted } = createChecker(compileOrder(rounds)).leastEdits(request);
    expect({ cost, deleted }).to.deep.equal({ cost: 2, deleted: [] });
  });

  it('are as few by cycles as by search, where both can be used', function () {
    this.timeout(10_800_000);
    let edited = 0;
    for (let seed = 5_000_000; seed < 5_000_000 + PAIRS; seed++) {
      const random = seeded(seed);
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      const tree = randomExactTree(random, names);
      const order = compileOrder(tree);
      if (order.nodes.some((node) => node.kind === 'repeat' && node.child.kind !== 'place')) continue;
      const steps = randomSteps(random, { tree, names, most: 9 });
      const request = toRequestOrder(tree, randomRequest(random, { steps }));
      const edits = createChecker(order).leastEdits(request);
      const found = leastEditsBySearch({ order, bounds: boundsOfNodes(order), request, budget: 20_000 });
      const { cost } = describeEdits(order, request, found);
      if (found.isLeast && edits.isLeast) expect(edits.cost, `seed ${seed}: ${show({ tree, request })}`).to.equal(cost);
      if (edits.cost > 0) edited++;
    }
    expect(edited).to.be.greaterThan(PAIRS / 5);
  });
});
