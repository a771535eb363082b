import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { FlowNode } from '../../../src/model/index.js';
import { compileOrder, createChecker } from '../../../src/validators/conformance/index.js';
import { repositoryRoot } from '../../helpers/repository.js';
import { seeded } from '../../helpers/seeded.js';
import { skip } from '../../helpers/skip.js';
import { randomRequest, toRequestOrder } from './random-request.js';
import { randomSteps } from './random-steps.js';
import { randomTree } from './random-tree.js';

const PYTHON = process.env['TRACECOURT_PM4PY_PYTHON'];
const TREES = Number(process.env['TRACECOURT_PM4PY_TREES'] ?? 100);
const WORDS_PER_TREE = 5;

interface WordCase {
  readonly tree: FlowNode;
  readonly words: readonly (readonly string[])[];
}

/** More leaves than this, once repeats and permutations are written out, take process mining minutes. */
const MOST_LEAVES = 24;
const LONGEST = 6;

/** How many leaves the tree has with its repeats, permutations and subsets written out. */
function writtenOut(tree: FlowNode): number {
  const sum = (children: readonly FlowNode[]): number =>
    children.reduce((total, child) => total + writtenOut(child), 0);
  switch (tree.kind) {
    case 'step':
      return 1;
    case 'any-of':
    case 'any-order':
      return 3 * sum(tree.children);
    case 'sequence':
    case 'parallel':
    case 'choice':
      return sum(tree.children);
    case 'optional':
    case 'flow':
      return writtenOut(tree.child);
    case 'if':
      return sum([tree.child, ...(tree.otherwise ? [tree.otherwise] : [])]);
    case 'repeat': {
      const rounds = tree.max ?? tree.min + (tree.parallel ? LONGEST : 1);
      return rounds * sum([tree.child, ...(tree.between ? [tree.between] : [])]);
    }
    default:
      return tree satisfies never;
  }
}

/** A random tree without bound places, which process mining does not have, and words for it: some of its language, some not. */
function randomWords(seed: number): WordCase {
  const random = seeded(seed);
  const names = ['a', 'b', 'c', 'd'].slice(0, 2 + random.below(3));
  const bound = randomTree(random, { steps: names, leaves: 1 + random.below(5) });
  const tree = JSON.parse(JSON.stringify(bound, (key, value) => (key === 'under' ? undefined : value))) as FlowNode;
  const words = Array.from({ length: WORDS_PER_TREE }, () => randomSteps(random, { tree, names, most: LONGEST }));
  return { tree, words };
}

function randomCases(count: number): readonly WordCase[] {
  const cases: WordCase[] = [];
  for (let seed = 6_000_000; cases.length < count; seed++) {
    const each = randomWords(seed);
    if (writtenOut(each.tree) <= MOST_LEAVES) cases.push(each);
  }
  return cases;
}

async function askProcessMining(cases: readonly WordCase[]): Promise<readonly (readonly number[])[]> {
  const asked = promisify(execFile)(PYTHON ?? '', [join(repositoryRoot, 'test/oracles/process_trees.py')], {
    maxBuffer: 1e8,
  });
  asked.child.stdin?.end(cases.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const { stdout } = await asked;
  return stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('[') && !line.includes('\u001b') ? [JSON.parse(line) as number[]] : []));
}

describe('words against process mining', () => {
  it(`conform, and cost as much to mend, as pm4py says: ${TREES} trees, ${WORDS_PER_TREE} words each`, async function () {
    if (!PYTHON) return skip(this, 'set TRACECOURT_PM4PY_PYTHON=$(node scripts/set-up-pm4py.mjs)');
    this.timeout(3_600_000);
    const cases = randomCases(TREES);
    const answers = await askProcessMining(cases);
    expect(answers).to.have.length(TREES);
    let mended = 0;
    cases.forEach(({ tree, words }, i) => {
      const checker = createChecker(compileOrder(tree));
      words.forEach((steps, word) => {
        const request = toRequestOrder(tree, randomRequest(seeded(i), { steps, isWord: true }));
        const expected = answers[i]?.[word];
        const told = `${JSON.stringify(tree)} on ${steps.join(' ')}`;
        expect(checker.check(request).kind, told).to.equal(expected === 0 ? 'conforms' : 'violated');
        expect(checker.leastEdits(request).cost, told).to.equal(expected);
        if (expected !== 0) mended++;
      });
    });
    expect(mended).to.be.within(TREES, TREES * (WORDS_PER_TREE - 1));
  });
});
