import { expect } from 'chai';
import type { CompiledFlow, Evidence, FlowNode } from '../../../src/model/index.js';
import { judge } from '../../../src/validators/index.js';
import { evidenceOf, flowOf, opt, par, seq, type TraceOptions, traceOf } from '../../helpers/evidence.js';
import { evaluate } from '../../helpers/gpu-request.js';
import { tell } from '../cases.js';

const step = (name: string, under?: string): FlowNode => ({ kind: 'step', step: name, ...(under ? { under } : {}) });
const anyOrder = (...names: readonly string[]): FlowNode => ({
  kind: 'any-order',
  children: names.map((name) => step(name)),
});
const byStart = (...names: readonly string[]): FlowNode => ({
  kind: 'sequence',
  by: 'start',
  children: names.map((name) => step(name)),
});
const when = (condition: string, child: FlowNode, otherwise?: FlowNode): FlowNode => ({
  kind: 'if',
  condition,
  child,
  ...(otherwise ? { otherwise } : {}),
});

interface Row {
  readonly name: string;
  readonly order: FlowNode;
  readonly lines: string;
  readonly told: readonly string[];
  readonly inside?: Readonly<Record<string, FlowNode>>;
  readonly options?: TraceOptions;
}

const UNDER_TWO = par(seq('u', step('q', 'u'), 'v'), seq('w', step('q', 'w'), 'x'));
/** Two branches that each have a q; in the second, v comes before its own q. */
const SWAPPED = [
  'u s 0-1 step=u',
  'w s 0-1 step=w',
  'q1 s <w 30-31 step=q',
  'q2 s <u 40-41 step=q',
  'v s 20-21 step=v',
  'x s 50-51 step=x',
].join('\n');

const ROWS: readonly Row[] = [
  {
    name: 'any order, one after the other',
    order: anyOrder('a', 'b'),
    lines: 'b s 0-5 step=b\na s 6-9 step=a',
    told: [],
  },
  {
    name: 'any order, but side by side',
    order: anyOrder('a', 'b'),
    lines: 'b s 0-9 step=b\na s 5-12 step=a',
    told: ['wrong-order(a)'],
  },
  { name: 'by start: the first goes on', order: byStart('a', 'b'), lines: 'a s 0-20 step=a\nb s 5-9 step=b', told: [] },
  {
    name: 'by start: the second starts first',
    order: byStart('a', 'b'),
    lines: 'a s 5-20 step=a\nb s 0-30 step=b',
    told: ['wrong-order(b)'],
  },
  {
    name: 'a true condition asks for its part',
    order: seq('a', when('steps.a.size() > 5 || true', step('b'), step('c'))),
    lines: 'a s 0-5 step=a\nc s 6-9 step=c',
    told: ['missing-step(b)'],
  },
  {
    name: 'a false condition with nothing else forbids its part',
    order: seq('a', when('1 > 2', step('b'))),
    lines: 'a s 0-5 step=a\nb s 6-9 step=b',
    told: ['unexpected-step(b)'],
  },
  {
    name: 'a condition that cannot be worked out leaves a choice, and says so',
    order: seq('a', when('values.warm', step('b'), step('c'))),
    lines: 'a s 0-5 step=a\nc s 6-9 step=c',
    told: ['undecided'],
  },
  {
    name: 'places bound to another step tell their occurrences apart',
    order: UNDER_TWO,
    lines: SWAPPED,
    told: ['wrong-order(v)'],
  },
  {
    name: 'a step that must hang under another, and does not',
    order: seq('u', step('q', 'u')),
    lines: 'u s 0-1 step=u\nq s 2-3 step=q',
    told: ['unexpected-step(q)'],
  },
  {
    name: 'the order inside a step',
    order: seq('a', 'b'),
    inside: { a: seq('c', 'd') },
    lines: 'a s 0-9 step=a\nc s <a 1-2 step=c\nd s <a 3-4 step=d\nb s 10-11 step=b',
    told: [],
  },
  {
    name: 'the wrong order inside one of two',
    order: seq({ kind: 'repeat', child: step('a'), min: 1, max: 2, parallel: false }, 'b'),
    inside: { a: seq('c', 'd') },
    lines: [
      'a s 0-9 step=a\nc s <a 1-2 step=c\nd s <a 3-4 step=d',
      'e s 20-29 step=a\nf s <e 23-24 step=c\ng s <e 21-22 step=d\nb s 40-41 step=b',
    ].join('\n'),
    told: ['wrong-order(d)'],
  },
  {
    name: 'a step of the inside that happens outside',
    order: seq('a', 'b'),
    inside: { a: opt('c') },
    lines: 'a s 0-9 step=a\nc s 9.5-9.6 step=c\nb s 10-11 step=b',
    told: ['unexpected-step(c)'],
  },
  {
    name: 'something missing inside',
    order: seq('a', 'b'),
    inside: { a: seq('c', 'd') },
    lines: 'a s 0-9 step=a\nc s <a 1-2 step=c\nb s 10-11 step=b',
    told: ['missing-step(d)'],
  },
  {
    name: 'a step at two places',
    order: seq('a', 'b', 'a'),
    lines: 'a s 0-1 step=a\nb s 2-3 step=b\nc s 4-5 step=a',
    told: [],
  },
  {
    name: 'a step at two places that happened once',
    order: seq('a', 'b', 'a'),
    lines: 'a s 0-1 step=a\nb s 2-3 step=b',
    told: ['missing-step(a)'],
  },
  {
    name: 'rounds of several steps, the second out of order',
    order: { kind: 'repeat', child: seq('a', 'b'), min: 1, max: null, parallel: false },
    lines: 'a s 0-1 step=a\nb s 2-3 step=b\nd s 4-5 step=b\nc s 6-7 step=a',
    told: ['wrong-order(b)'],
  },
  {
    name: 'an inversion beside a step that has two places',
    order: par(seq('u', 'q', 'v'), seq('w', 'q', 'x')),
    lines: [
      'v s 0-1 step=v\nu s 2-3 step=u\nw s 0-1 step=w',
      'q s 4-5 step=q\nr s 4.1-5.1 step=q\nx s 6-7 step=x',
    ].join('\n'),
    told: ['wrong-order(v)'],
  },
  {
    name: 'a back-off between tries',
    order: { kind: 'repeat', child: step('a'), between: step('b'), min: 1, max: 3, parallel: false },
    lines: 'a s 0-1 step=a\nb s 2-3 step=b\nc s 4-5 step=a',
    told: [],
  },
  {
    name: 'a try without its back-off',
    order: { kind: 'repeat', child: step('a'), between: step('b'), min: 1, max: 3, parallel: false },
    lines: 'a s 0-1 step=a\nc s 4-5 step=a',
    told: ['missing-step(b)'],
  },
  {
    name: 'rounds of several steps that are still going on',
    order: { kind: 'repeat', child: seq('a', 'b'), min: 1, max: null, parallel: false },
    lines: 'a s 0-1 step=a\nb s 2-3 step=b\nc s 6-7 step=a',
    options: { completedBy: 'quiet' },
    told: ['incomplete'],
  },
];

function evidenceFor({ order, inside = {}, lines, options = {} }: Row): Evidence {
  const flow = flowOf(order);
  const inner = flowOf(par(...Object.values(inside), order)).steps;
  const steps: CompiledFlow['steps'] = [...new Map(inner.map((each) => [each.name, each])).values()].map((each) => {
    const own = inside[each.name];
    return own ? { ...each, inside: own } : each;
  });
  return evidenceOf({ ...flow, steps }, traceOf(lines, { stamped: true, ...options }));
}

describe('orders in full', () => {
  for (const row of ROWS) {
    it(`tells of ${row.name}`, () => {
      expect(tell(judge(evidenceFor(row), evaluate))).to.deep.equal(row.told);
    });
  }
});
