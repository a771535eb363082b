import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FlowNode } from '../src/model/index.js';
import {
  compileOrder,
  createChecker,
  type OrderChecker,
  type RequestOrder,
} from '../src/validators/conformance/index.js';
import { benchOptions, howMany } from './bench-options.js';

// What the check of the order costs, in CPU time of this process: a request in the exact class, requests that need a search, large ones, a large flow.
// A figure counts only if the verdict is the one it has to be. With TRACECOURT_PM4PY_PYTHON set, process mining does the same words.

const step = (name: string): FlowNode => ({ kind: 'step', step: name });
const nodes = (children: readonly (FlowNode | string)[]): FlowNode[] =>
  children.map((child) => (typeof child === 'string' ? step(child) : child));
const seq = (...children: readonly (FlowNode | string)[]): FlowNode => ({
  kind: 'sequence',
  children: nodes(children),
});
const par = (...children: readonly (FlowNode | string)[]): FlowNode => ({
  kind: 'parallel',
  children: nodes(children),
});
const rounds = (child: FlowNode, parallel = false): FlowNode => ({
  kind: 'repeat',
  child,
  min: 1,
  max: null,
  parallel,
});

type Pairs = readonly (readonly [number, number])[];

/** Occurrences of these steps, and pairs of which the first ended before the second started. */
function requestOf(steps: readonly string[], ended: Pairs): RequestOrder {
  return {
    occurrences: steps.map((name, i) => ({ labels: [name], start: 2 * i, end: 2 * i + 1, tied: true })),
    nodes: 2 * steps.length,
    certain: Int32Array.from(ended.flatMap(([first, second]) => [2 * first + 1, 2 * second])),
    causes: [],
  };
}

function inLine(length: number): Pairs {
  return Array.from({ length: length - 1 }, (_, i) => [i, i + 1] as const);
}

interface Shape {
  readonly name: string;
  readonly tree: FlowNode;
  readonly request: RequestOrder;
  readonly verdict: 'conforms' | 'violated';
}

/** 20 steps, 60 occurrences: each in one of three processes that know the order of their own points. */
function usual(): Shape {
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  const parts = names.map((name, i) => (i % 4 === 0 ? step(name) : rounds(step(name), i % 4 !== 3)));
  const steps = names.flatMap((name, i) => Array<string>([1, 4, 4, 3][i % 4] ?? 1).fill(name));
  const tree = seq(
    ...parts.slice(0, 8),
    par(seq(...parts.slice(8, 12)), seq(...parts.slice(12, 14))),
    ...parts.slice(14),
  );
  const ended = steps.flatMap((_, i) => (i < 3 ? [] : [[i - 3, i] as const]));
  return {
    name: `exact, 20 steps, ${steps.length} occurrences`,
    tree,
    request: requestOf(steps, ended),
    verdict: 'conforms',
  };
}

function fanOut(): Shape {
  const branches = Array.from({ length: 16 }, (_, i) => `b${i}`);
  const steps = ['a', ...branches, 'q', 'c', 'q'];
  const ended: Pairs = [...steps.slice(1, 18).map((_, i) => [0, i + 1] as const), [18, 17], [18, 19]];
  const tree = seq('a', par(...branches, 'q'), seq('c', 'q'));
  return {
    name: 'search, fan-out of 17, one step twice, one inversion',
    tree,
    request: requestOf(steps, ended),
    verdict: 'violated',
  };
}

/** Rounds of a, then b and c side by side, then d; the a's in order, the rest after the a of its round. */
function loop(count: number, isBroken: boolean): Shape {
  const steps: string[] = [];
  const ended: (readonly [number, number])[] = [];
  for (let round = 0; round < count; round++) {
    const a = steps.push('a', 'b', 'c', 'd') - 4;
    ended.push([a, a + 1], [a, a + 2], [a + 1, a + 3], [a + 2, a + 3]);
    if (round > 0) ended.push([a - 4, a]);
  }
  if (isBroken) ended.push([4 * (count - 1) + 3, 4 * (count - 1) - 4 + 1]);
  const name = `search, loop of ${count} rounds, ${steps.length} occurrences${isBroken ? ', one out of order' : ''}`;
  const tree = rounds(seq('a', par('b', 'c'), 'd'));
  return {
    name,
    tree,
    request: requestOf(
      steps,
      ended.filter(([first, second]) => first !== second),
    ),
    verdict: isBroken ? 'violated' : 'conforms',
  };
}

function large(isSearch: boolean): Shape {
  const steps = Array.from({ length: 9_999 }, (_, i) =>
    isSearch ? (['a', 'b', 'c'][i % 3] ?? 'a') : i < 5_000 ? 'a' : 'b',
  );
  const each = (name: string): FlowNode => rounds(step(name), true);
  const tree = isSearch ? rounds(seq('a', par('b', 'c'))) : seq(each('a'), each('b'));
  const name = `${isSearch ? 'search, a loop' : 'exact'}, 10,000 occurrences`;
  return { name, tree, request: requestOf(steps, isSearch ? inLine(steps.length) : []), verdict: 'conforms' };
}

function microseconds(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

function checkOnce(checker: OrderChecker, { name, request, verdict }: Shape): number {
  const { kind, states } = checker.check(request);
  if (kind !== verdict) throw new Error(`${name}: ${kind} instead of ${verdict}.`);
  return states;
}

/** The fastest of so many rounds of checks, in microseconds a check, and the states that a check looked at. */
function measure(shape: Shape, { repeats, checks }: { readonly repeats: number; readonly checks: number }): string {
  const checker = createChecker(compileOrder(shape.tree));
  let states = 0;
  const costs = Array.from({ length: repeats }, () =>
    microseconds(() => {
      for (let i = 0; i < checks; i++) states = checkOnce(checker, shape);
    }),
  );
  const fastest = Math.min(...costs) / checks;
  return `${shape.name.padEnd(66)}${fastest.toFixed(1).padStart(11)} µs  ${states} states`;
}

function compileLarge(): string {
  const names = Array.from({ length: 200 }, (_, i) => step(`s${i}`));
  const parts = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? seq : par)(...names.slice(10 * i, 10 * i + 10)));
  const cost = microseconds(() => void createChecker(compileOrder(seq(...parts))));
  return `${'compiling the order of a flow of 200 steps'.padEnd(66)}${cost.toFixed(1).padStart(11)} µs`;
}

/** The same words by the check and by process mining, both without the time that a tree takes to compile. */
function besideProcessMining(python: string): string {
  const tree = seq('a', par('b', seq('c', 'd'), 'e'), rounds(step('f')), 'g');
  const words = [...Array(50).keys()].map((i) => [
    'a',
    'c',
    'b',
    'd',
    'e',
    ...Array<string>(1 + (i % 5)).fill('f'),
    ...(i % 3 ? ['g'] : []),
  ]);
  const script = fileURLToPath(new URL('../../test/oracles/process_trees.py', import.meta.url));
  const input = `${JSON.stringify({ tree, words })}\n`;
  const told = execFileSync(python, [script, '--replay', '--times'], { input, encoding: 'utf8' });
  const [costs, times] = told
    .split('\n')
    .filter((line) => line.startsWith('[') || line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
  const spent = times as Readonly<Record<string, number>>;
  const checker = createChecker(compileOrder(tree));
  const requests = words.map((word) => requestOf(word, inLine(word.length)));
  const edits = requests.map((request) => checker.leastEdits(request).cost);
  if (JSON.stringify(edits) !== JSON.stringify(costs)) throw new Error(`costs differ: ${edits} and ${String(costs)}`);
  const check = microseconds(() => void requests.map((request) => checker.check(request)));
  const mend = microseconds(() => void requests.map((request) => checker.leastEdits(request)));
  const row = (name: string, cost: number): string =>
    `${name.padEnd(66)}${(cost / words.length).toFixed(1).padStart(11)} µs a word`;
  return [
    row('words: check', check),
    row('words: token replay (pm4py)', 1e6 * (spent['token replay'] ?? 0)),
    row('words: least edits', mend),
    row('words: alignments (pm4py)', 1e6 * (spent['alignments'] ?? 0)),
  ].join('\n');
}

const { repeats } = benchOptions('node build/bench/conformance.js [--repeats 8]', {
  repeats: { type: 'string', default: '8' },
});
const often = { repeats: howMany(repeats, 'repeats'), checks: 5_000 };
const seldom = { repeats: often.repeats, checks: 50 };

console.log(compileLarge());
console.log(measure(usual(), often));
for (const shape of [fanOut(), loop(8, false), loop(8, true), loop(13, false), loop(13, true)])
  console.log(measure(shape, seldom));
for (const isSearch of [false, true]) console.log(measure(large(isSearch), { repeats: 2, checks: 1 }));
const python = process.env['TRACECOURT_PM4PY_PYTHON'];
console.log(
  python
    ? besideProcessMining(python)
    : 'set TRACECOURT_PM4PY_PYTHON=$(node scripts/set-up-pm4py.mjs) for process mining beside it',
);
