import { expect } from 'chai';
import { diffFlows } from '../../../src/flow/index.js';
import type { FlowComparison, FlowNode } from '../../../src/model/index.js';
import { acceptsRun, type PointedRun } from '../../../src/validators/accepts-run.js';
import { differenceMark, differenceSentence } from '../../../src/view/index.js';
import { choice, opt, par, rep, seq } from '../../helpers/evidence.js';
import { gpuFlow } from '../../helpers/gpu-request.js';
import { seeded } from '../../helpers/seeded.js';
import { everyRun } from '../../validators/conformance/every-run.js';
import { randomTree } from '../../validators/conformance/random-tree.js';
import { type Random, randomRuns } from '../learn/toy-runs.js';

const STEPS = ['a', 'b', 'c', 'd'];

function compare(left: FlowNode, right: FlowNode): FlowComparison {
  const flow = { ...gpuFlow, steps: [], effects: [], rules: [], budgets: [] };
  return diffFlows({ ...flow, order: left }, { ...flow, order: right }, acceptsRun);
}

function told(left: FlowNode, right: FlowNode): readonly string[] {
  return compare(left, right).differences.map((each) => `${differenceMark(each)} ${differenceSentence(each)}`);
}

/** The same order in another spelling. */
function respelt(random: Random, node: FlowNode): FlowNode {
  const again = (child: FlowNode): FlowNode => respelt(random, child);
  const wrapped = (child: FlowNode): FlowNode =>
    random.below(3) === 0 ? { kind: 'flow', name: `part-${random.below(9)}`, child } : child;
  switch (node.kind) {
    case 'sequence': {
      const children = node.children.map(again);
      if (children.length < 3) return wrapped({ ...node, children });
      const [first, ...rest] = children;
      return wrapped({ ...node, children: [first!, { ...node, children: rest }] });
    }
    case 'parallel':
    case 'choice':
    case 'any-of':
    case 'any-order':
      return wrapped({ ...node, children: node.children.map(again).sort(() => random.next() - 0.5) });
    case 'optional':
      return {
        kind: 'optional',
        child: random.below(2) ? { kind: 'optional', child: again(node.child) } : again(node.child),
      };
    case 'repeat':
      return { ...node, child: again(node.child), ...(node.between ? { between: again(node.between) } : {}) };
    case 'if':
      return { ...node, child: again(node.child), ...(node.otherwise ? { otherwise: again(node.otherwise) } : {}) };
    default:
      return wrapped(node);
  }
}

describe('two orders that are compared', () => {
  it('are told apart by what they require, and by nothing else', () => {
    expect(told(seq('a', par('b', 'c')), seq('a', par('c', 'b')))).to.deep.equal([]);
    expect(told(seq('a', seq('b', 'c')), seq('a', 'b', 'c'))).to.deep.equal([]);
    expect(told(seq('a', 'b', 'c'), seq('a', par('b', 'c')))).to.deep.equal([
      '~ `b` and `c`: before → side by side',
      '+ accepts: a c b',
    ]);
    expect(told(seq('a', opt('b')), seq('a', 'b'))).to.deep.equal([
      '~ `b` happens 0 to 1 times → once',
      '- accepts: a',
    ]);
    expect(told(seq('a', opt(seq('b', 'c'))), seq('a', opt('b'), opt('c')))).to.include('- never `b` without `c`');
    expect(told(choice('a', 'b'), { kind: 'any-of', children: [seq('a'), seq('b')] })).to.deep.equal([
      '- never both `a` and `b`',
      '+ accepts: a b',
    ]);
    expect(told(rep('a', 1, 3, true), rep('a', 1, 3, false))).to.deep.equal([
      '~ `a` and itself: side by side → one at a time',
      '- accepts: (a | a)',
    ]);
    const rounds: FlowNode = { kind: 'repeat', child: seq('a', 'b'), min: 1, max: 2, parallel: false };
    expect(told(rounds, seq(rep('a', 1, 2), rep('b', 1, 2)))).to.include(
      '~ `a` and `b`: before, in each round → before',
    );
    expect(told(rep('a', 3, 7, true), rep('a', 3, 8, true))[0]).to.equal('~ `a` happens 3 to 7 times → 3 to 8 times');
  });

  it('say that they mean the same where the spelling hides it', () => {
    const either: FlowNode = { kind: 'any-order', children: [seq('a'), seq('b')] };
    const { differences, respelt: found } = compare(choice(seq('a', 'b'), seq('b', 'a')), either);
    expect(differences).to.deep.equal([]);
    expect(found[0]).to.deep.include({ longest: 2 });
  });

  it('with an order inside a step, say where it is', () => {
    const flow = { ...gpuFlow, order: seq('a'), effects: [], rules: [], budgets: [] };
    const step = { name: 'a', matcher: { step: 'a' }, mayFail: false };
    const { differences } = diffFlows(
      { ...flow, steps: [{ ...step, inside: seq('b', 'c') }] },
      { ...flow, steps: [{ ...step, inside: par('b', 'c') }] },
      acceptsRun,
    );
    expect(differences.map(differenceSentence)).to.include('inside `a`: `b` and `c`: before → side by side');
  });

  it('are the same in whatever spelling', () => {
    const random = seeded(7);
    for (let i = 0; i < 400; i++) {
      const tree = randomTree(random, { steps: STEPS, leaves: 2 + random.below(5) });
      const other = respelt(random, tree);
      expect(compare(tree, other), JSON.stringify({ tree, other })).to.deep.equal({ differences: [], respelt: [] });
    }
  });

  it('are never called the same when a run tells them apart, and a run that is shown does', () => {
    const random = seeded(8);
    let different = 0;
    for (let i = 0; i < 300; i++) {
      const make = (): FlowNode => randomTree(random, { steps: ['a', 'b', 'c'], leaves: 2 + random.below(2) });
      const [left, right] = [make(), make()];
      if (JSON.stringify([left, right]).match(/"under"|"if"/)) continue;
      const { differences } = compare(left, right);
      const told = [left, right].some((of, side) => tellsApart(random, of, side === 0 ? right : left));
      if (told) different++;
      if (told) expect(differences, JSON.stringify({ left, right })).to.not.deep.equal([]);
    }
    expect(different).to.be.above(100);
  });
});

/** True if some run of one order, found by brute force, is none of the other. */
function tellsApart(random: Random, of: FlowNode, other: FlowNode): boolean {
  const supply = { a: 2, b: 2, c: 2 };
  if (everyRun(of, supply).length === 0) return false;
  return randomRuns(random, of, { count: 40, supply }).some((run) => {
    const pointed: PointedRun = { leaves: run.steps.map((step) => ({ step })), points: run.points };
    return !acceptsRun(other, pointed);
  });
}
