import { expect } from 'chai';
import { type FlowNode, partsOf } from '../../../src/model/index.js';
import { coverageOf, exercised, readRun } from '../../../src/validators/index.js';
import { evidenceOf, traceOf } from '../../helpers/evidence.js';
import { seeded } from '../../helpers/seeded.js';
import { randomFlow } from '../../view/graph/random-flow.js';

type Random = ReturnType<typeof seeded>;

/** One run of an order, its steps in a line; what it went through is told as coverage tells it. */
class Walk {
  readonly steps: string[] = [];
  readonly taken = new Set<string>();
  readonly #random: Random;
  readonly #holds: boolean;

  constructor(random: Random, holds: boolean) {
    this.#random = random;
    this.#holds = holds;
  }

  go(node: FlowNode, at: string): void {
    const part = (i: number): void => this.go(partsOf(node)[i]!, `${at}/${i}`);
    switch (node.kind) {
      case 'step':
        this.steps.push(node.step);
        return;
      case 'choice':
      case 'any-of':
        this.#branch(at, this.#random.below(node.children.length), part);
        return;
      case 'optional':
        // What is taken does something: left out and empty look alike.
        if (this.#random.below(2) === 0) part(0);
        return;
      case 'repeat': {
        const rounds = node.min + this.#random.below(3);
        for (let round = 0; round < rounds; round++) {
          if (round > 0 && node.between) part(1);
          part(0);
        }
        return;
      }
      case 'if':
        if (this.#holds) part(0);
        else if (node.otherwise) part(1);
        return;
      default:
        partsOf(node).forEach((_, i) => void part(i));
    }
  }

  #branch(at: string, i: number, part: (i: number) => void): void {
    const before = this.steps.length;
    part(i);
    if (this.steps.length > before) this.taken.add(`branch ${at}/${i}`);
  }
}

function nodeAt(root: FlowNode, leaf: string): { readonly node: FlowNode | undefined; readonly repeats: number } {
  let node: FlowNode | undefined = root;
  let repeats = 0;
  for (const i of leaf === '' ? [] : leaf.split('.').map(Number)) {
    if (node?.kind === 'repeat') repeats++;
    node = node && partsOf(node)[i];
  }
  return { node, repeats };
}

describe('reading the run that a request was', () => {
  it('finds the leaf of each step, the rounds around it, and the branches that were taken, whatever the conditions are', () => {
    const random = seeded(31);
    let placedSteps = 0;
    let branches = 0;
    for (let i = 0; i < 400; i++) {
      const flow = randomFlow(random, 3 + random.below(14));
      const holds = random.below(2) === 0;
      const walk = new Walk(random, holds);
      walk.go(flow.order, 'order');
      if (walk.steps.length === 0 || walk.steps.length > 30) continue;
      const lines = walk.steps.map((step, at) => `s${at} shop <r ${10 * at + 10}-${10 * at + 18} step=${step}`);
      const evidence = evidenceOf(flow, traceOf(['r shop 0-9000 server', ...lines].join('\n')), {});
      const { runs } = readRun(evidence, () => ({ value: holds }));
      expect(runs[0]?.placed, walk.steps.join(' ')).to.have.length(walk.steps.length);
      for (const { leaf, step, rounds } of runs[0]?.placed ?? []) {
        const { node, repeats } = nodeAt(flow.order, leaf);
        expect(node).to.deep.equal({ kind: 'step', step });
        expect(rounds).to.have.length(repeats);
        placedSteps++;
      }
      const { parts } = coverageOf(flow, [exercised(evidence, () => ({ value: holds }))]);
      const taken = parts.filter(({ kind, requests }) => kind === 'branch' && requests === 1).map(({ id }) => id);
      expect(taken, walk.steps.join(' ')).to.have.members([...walk.taken]);
      branches += taken.length;
    }
    expect(placedSteps).to.be.greaterThan(800);
    expect(branches).to.be.greaterThan(100);
  });
});
