import { expect } from 'chai';
import { learnOrders, wholeLog } from '../../../src/flow/index.js';
import type { FlowNode } from '../../../src/model/index.js';
import { compileOrder, createChecker, type OrderChecker } from '../../../src/validators/conformance/index.js';
import { seeded } from '../../helpers/seeded.js';
import { randomExactTree, randomTree } from '../../validators/conformance/random-tree.js';
import { asOrder, type Random, randomRuns, seen, swapped, type ToyRun } from './toy-runs.js';

const STEPS = ['a', 'b', 'c', 'd', 'e'];
const SUPPLY = { a: 2, b: 2, c: 2, d: 2, e: 2 };
/** 200 in the figures that docs/learn.md gives. */
const TREES = 60;
const REQUESTS = 16;

function learnt(runs: readonly ToyRun[]): FlowNode {
  const { order } = learnOrders(wholeLog(runs.map((run, i) => seen(run, `r${i}`))));
  return order as FlowNode;
}

function checkerOf(tree: FlowNode): OrderChecker {
  return createChecker(compileOrder(tree));
}

function isBound(tree: FlowNode): boolean {
  return JSON.stringify(tree).includes('"under"');
}

interface Figures {
  trees: number;
  learntFrom: number;
  again: number;
  swaps: number;
  caught: number;
}

/** Learns from runs of random trees, and counts how many other runs conform, and how many runs that the tree rejects for their order are rejected. */
function tryTrees(makeTree: (random: Random) => FlowNode, seed: number): Figures {
  const random = seeded(seed);
  const figures = { trees: 0, learntFrom: 0, again: 0, swaps: 0, caught: 0 };
  while (figures.trees < TREES) {
    const tree = makeTree(random);
    if (isBound(tree)) continue;
    const runs = randomRuns(random, tree, { count: 2 * REQUESTS, supply: SUPPLY });
    if (runs.length === 0) continue;
    figures.trees++;
    const half = runs.slice(0, REQUESTS);
    const checker = checkerOf(learnt(half));
    for (const run of half) {
      const { kind } = checker.check(asOrder(run));
      expect(kind, JSON.stringify({ tree, run, learnt: learnt(half) })).to.equal('conforms');
      figures.learntFrom++;
    }
    const source = checkerOf(tree);
    for (const run of runs.slice(REQUESTS)) {
      if (checker.check(asOrder(run)).kind === 'conforms') figures.again++;
      const wrong = swapped(random, run);
      if (source.check(asOrder(wrong)).kind !== 'violated') continue;
      figures.swaps++;
      if (checker.check(asOrder(wrong)).kind === 'violated') figures.caught++;
    }
  }
  return figures;
}

describe('an order learnt from requests', () => {
  it('is one that each of them conforms to, whatever tree they are runs of', () => {
    const figures = tryTrees((random) => randomTree(random, { steps: STEPS, leaves: 2 + random.below(4) }), 1);
    expect(figures.learntFrom).to.equal(TREES * REQUESTS);
    expect(figures.again / figures.learntFrom).to.be.above(0.93);
    expect(figures.caught / figures.swaps).to.be.above(0.5);
  });

  it('is as narrow as most trees with one place for each step', () => {
    const figures = tryTrees((random) => randomExactTree(random, STEPS), 2);
    expect(figures.learntFrom).to.equal(TREES * REQUESTS);
    expect(figures.again / figures.learntFrom).to.be.above(0.94);
    expect(figures.caught / figures.swaps).to.be.above(0.8);
  });
});
