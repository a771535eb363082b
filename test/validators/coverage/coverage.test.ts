import { expect } from 'chai';
import { loadFlow, wordOrder } from '../../../src/flow/index.js';
import {
  BINARY_RULES,
  COUNT_RULES,
  type CompiledFlow,
  type FlowCoverage,
  type Rule,
  type RuleKind,
  type StoreObservation,
} from '../../../src/model/index.js';
import { activatingSteps } from '../../../src/validators/coverage/rule-activation.js';
import { coverageOf, exercised } from '../../../src/validators/index.js';
import { ruleHolds } from '../../../src/validators/rules/rule-holds.js';
import { evidenceOf, traceOf } from '../../helpers/evidence.js';
import { evaluate, node } from '../../helpers/gpu-request.js';

const STEPS = 'version: 1\nflow: shop\nsteps: { a: {}, b: {}, c: {}, d: {} }\n';

/** A request of one process whose steps do not overlap; `x=1` and the like are attributes of the step before. */
function request(word: string): string {
  const lines: string[] = [];
  for (const part of word.split(' ')) {
    const now = 10 * (lines.length + 1);
    if (part.includes('=')) lines.push(`${lines.pop()} ${part}`);
    else lines.push(`s${now} shop <r ${now}-${now + 8} step=${part}`);
  }
  return ['r shop 0-1000 server', ...lines].join('\n');
}

async function coverage(rest: string, words: readonly string[]): Promise<FlowCoverage> {
  const flow = await loadFlow(STEPS + rest, 'shop.flow.yaml');
  return coverageOf(
    flow,
    words.map((word) => exercised(evidenceOf(flow, traceOf(request(word)), {}), evaluate)),
  );
}

/** Parts of a kind, each with how many requests exercised it. */
const told = ({ parts }: FlowCoverage, kind: string): Readonly<Record<string, number>> =>
  Object.fromEntries(parts.filter((part) => part.kind === kind).map(({ name, requests }) => [name, requests]));

describe('flow coverage', () => {
  it('counts steps by the requests in which they occurred', async () => {
    const found = await coverage('order: { sequence: [a, { optional: b }] }\n', ['a', 'a b', 'a']);
    expect(found.requests).to.equal(3);
    expect(told(found, 'step')).to.deep.equal({ a: 3, b: 1, c: 0, d: 0 });
  });

  it('tells branches apart by the place that the law gives a step, not by its name', async () => {
    const order = 'order: { choice: [{ sequence: [a, b] }, { sequence: [a, c] }, { sequence: [d, a] }] }\n';
    const found = await coverage(order, ['a c', 'a c', 'd a']);
    const branches = found.parts.filter(({ kind }) => kind === 'branch').map(({ requests }) => requests);
    expect(branches).to.deep.equal([0, 2, 1]);
  });

  it('tells options taken and left out, and not those of a branch that was not entered', async () => {
    const order = 'order: { choice: [{ sequence: [a, { optional: b }] }, { sequence: [c, { optional: d }] }] }\n';
    expect(told(await coverage(order, ['a b', 'a']), 'option')).to.deep.equal({
      'b taken': 1,
      'b left out': 1,
      'd taken': 0,
      'd left out': 0,
    });
  });

  it('counts each of any-of that happened', async () => {
    const found = await coverage('order: { any-of: [a, b, c] }\n', ['a c', 'c']);
    expect(told(found, 'branch')).to.deep.equal({ a: 1, b: 0, c: 2 });
  });

  it('tells rounds within their bounds', async () => {
    const order = `order:
  sequence:
    - repeat: { step: a, times: "*" }
    - repeat: { step: b, times: "1..3" }
    - repeat: { step: c, times: "2..3" }
`;
    expect(told(await coverage(order, ['b c c', 'a b b c c', 'a b c c c']), 'rounds')).to.deep.equal({
      'a never': 1,
      'a once': 2,
      'a several times': 0,
      'b once': 2,
      'b several times': 1,
      'c several times': 3,
    });
  });

  it('looks into each round: what happened in one and not in another is both', async () => {
    const order = 'order: { repeat: { of: { sequence: [a, { optional: b }, { choice: [c, d] }] }, times: "+" } }\n';
    const found = await coverage(order, ['a b c a d']);
    expect(told(found, 'option')).to.deep.equal({ 'b taken': 1, 'b left out': 1 });
    expect(told(found, 'branch')).to.deep.equal({ c: 1, d: 1 });
    expect(told(found, 'rounds')).to.deep.equal({ 'a … once': 0, 'a … several times': 1 });
  });

  it('tells what goes between rounds apart from the rounds', async () => {
    const order = 'order: { repeat: { step: a, between: { choice: [b, c] }, times: "+" } }\n';
    expect(told(await coverage(order, ['a b a', 'a']), 'branch')).to.deep.equal({ b: 1, c: 0 });
  });

  it('tells conditions both ways', async () => {
    const order = `order: { sequence: [a, { if: "steps.a[0].attributes['x'] == 1", then: b, else: { optional: c } }] }\n`;
    const found = await coverage(order, ['a x=1 b', 'a x=1 b', 'a x=2']);
    expect(Object.values(told(found, 'condition'))).to.deep.equal([2, 1]);
    expect(told(found, 'option')).to.deep.equal({ 'c taken': 0, 'c left out': 1 });
  });

  it('looks inside of steps that have an order of their own', async () => {
    const flow = await loadFlow(
      'version: 1\nflow: shop\nsteps: { a: { inside: { choice: [b, c] } }, b: {}, c: {} }\norder: a\n',
      'x',
    );
    const trace = traceOf('r shop 0-90\na shop <r 1-50 step=a\nb shop <a 2-9 step=b');
    const found = coverageOf(flow, [exercised(evidenceOf(flow, trace, {}), evaluate)]);
    expect(told(found, 'branch')).to.deep.equal({ b: 1, c: 0 });
  });

  it('says of what is no run of the order that it is none, and counts its steps', async () => {
    const found = await coverage('order: { sequence: [a, { choice: [b, c] }] }\n', ['b a', 'a c']);
    expect(found.unplaced).to.equal(1);
    expect(told(found, 'step')).to.deep.include({ a: 2, b: 1, c: 1 });
    expect(told(found, 'branch')).to.deep.equal({ b: 0, c: 1 });
  });

  it('counts rules that something called for, with their conditions both ways', async () => {
    const rest = `order: { any-of: [a, b, c, d] }
rules:
  - response: [a, b]
  - precedence: [a, c]
  - { response: [a, d], when: "a.attributes['x'] == 1" }
`;
    const found = await coverage(rest, ['a b', 'c', 'a x=1 d', 'a x=2']);
    expect(told(found, 'rule')).to.deep.equal({
      'response: [a, b]': 3,
      'precedence: [a, c]': 1,
      'response: [a, d]': 1,
    });
    expect(Object.values(told(found, 'condition'))).to.deep.equal([1, 1]);
  });

  it('counts budgets whose ends occurred, and invariants that could be worked out', async () => {
    const rest = `order: { sequence: [a, { optional: b }] }
budgets: { total: 1m, b: 1s each, a -> b: 1s }
invariants:
  always: "steps.a.size() == 1"
  when-read: "steps.b[0].attributes['x'] == 1"
`;
    const found = await coverage(rest, ['a', 'a b x=1']);
    expect(told(found, 'budget')).to.deep.equal({ total: 2, 'b each': 1, 'a -> b': 1 });
    expect(told(found, 'invariant')).to.deep.equal({ always: 2, 'when-read': 1 });
  });

  it('counts an effect if its step occurred and its store was read', async () => {
    const effects = 'effects: { a: { neo4j: { cypher: RETURN 1 } }, b: { redis: { key: b } } }\n';
    const flow: CompiledFlow = await loadFlow(`${STEPS}order: { sequence: [a, b] }\n${effects}`, 'x');
    const evidence = evidenceOf(flow, traceOf(request('a b')), { a: [node] });
    const unread = evidence.observations.filter(({ effect }: StoreObservation) => effect === 'a');
    const found = coverageOf(flow, [exercised({ ...evidence, observations: unread }, evaluate)]);
    expect(told(found, 'effect')).to.deep.equal({ 'a in neo4j': 1, 'b in redis': 0 });
  });
});

describe('the steps that call for a rule', () => {
  const kinds: readonly RuleKind[] = ['at-most', ...BINARY_RULES];
  const letters = ['a', 'b', 'c'];
  const words = letters.flatMap((x) => [[x], ...letters.flatMap((y) => [[x, y], ...letters.map((z) => [x, y, z])])]);

  function holds(rule: Rule, steps: readonly string[]): boolean {
    const { before } = wordOrder(steps.join(' '));
    const happenings = {
      steps,
      before: (p: number, q: number) =>
        p >> 1 === q >> 1 ? p < q : before.some(([i, j]) => i === p >> 1 && j === q >> 1),
      causes: () => false,
      isTied: () => true,
    };
    return (
      ruleHolds(rule, { happenings, leftOut: () => false, pairs: () => 'certain', selective: false }).holds ===
      'certain'
    );
  }

  for (const kind of kinds) {
    const rule: Rule = {
      kind,
      steps: kind === 'at-most' ? ['a'] : ['a', 'b'],
      ...(kind === 'at-most' ? { count: 1 } : {}),
    };
    it(`${kind} holds of every word without one of them`, () => {
      const without = words.filter((word) => !word.some((letter) => activatingSteps(rule).includes(letter)));
      expect(without.length).to.be.greaterThan(2);
      for (const word of without) expect(holds(rule, word), word.join(' ')).to.equal(true);
    });
  }

  it('are none for a rule that every request is asked', () => {
    for (const kind of ['init', 'end', 'existence', 'absence', 'choice', 'exclusive-choice', ...COUNT_RULES] as const) {
      if (kind !== 'at-most') expect(activatingSteps({ kind, steps: ['a'] }), kind).to.deep.equal([]);
    }
  });
});
