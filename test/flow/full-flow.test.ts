import { expect } from 'chai';
import { TracecourtError } from '../../src/errors.js';
import { loadFlow } from '../../src/flow/index.js';
import type { FlowSurroundings } from '../../src/flow/parameters.js';
import { FULL_FLOW } from './full-flow.js';

async function problemsOf(text: string, surroundings: FlowSurroundings = {}): Promise<readonly string[]> {
  try {
    await loadFlow(text, 'a.flow.yaml', surroundings);
  } catch (error) {
    if (error instanceof TracecourtError) return error.problems.map(({ line, message }) => `${line} ${message}`);
    throw error;
  }
  return [];
}

/** Replace `from` by `to`: one problem in the line of `to`, with `message` in it. */
const MISTAKES: readonly (readonly [from: string, to: string, message: string])[] = [
  ['most: 5', 'most: [5]', 'expected a plain value, got a list'],
  ['most: 5', 'm-ost: 5', "a parameter's name must hold"],
  ['default: eu', 'default: moon', 'must be one of eu, us, and is "moon"'],
  ['{ default: eu, one', '{ one', 'has no default and was not given'],
  ['shop-${region}', 'shop-${regon}', 'unknown parameter "regon", did you mean "region"?'],
  ['shop-${region}', 'shop-${env:REGION}', 'the environment has no REGION, and there is no default'],
  ['"/^price \\\\d+$/"', '"/^price (/"', 'is not a regular expression'],
  ['like: "A*"', 'like: "/[/"', 'is not a regular expression'],
  ['items[0].sku', 'items[x', 'expected a path like items[0].sku'],
  ['below: 300', 'belwo: 300', 'did you mean "below"?'],
  ['status: ok', 'status: fine', 'expected one of ok, error, unset'],
  ['attempts: 1..3', 'attempts: 3..1', 'the least of times, 3, is more than the most, 1'],
  ['any-of: [price, ask]', 'any-of: price', 'expected a list of what any-of holds'],
  ['flow: writing', 'flow: writng', 'unknown part "writng", did you mean "writing"?'],
  ['[store, refuse]\nrules', '[store, refuse, { flow: writing }]\nrules', 'within itself: writing → writing'],
  ['    - enter\n', '    - writing\n', 'is a part: write { flow: writing }'],
  ['- init: enter', '- inti: enter', 'unknown rule "inti", did you mean "init"?'],
  ['- init: enter', '- init: [enter]', "expected a step's name, got a list"],
  ['- init: enter', '- { init: enter, within: 2s }', '"within" is for rules about two steps'],
  ['- init: enter', '- { init: enter, end: enter }', 'expected one rule here, got init and end'],
  ['- init: enter', '- {}', 'expected one rule here, got none'],
  ['response: [price, store]', 'response: [price]', 'expected two steps'],
  ['response: [price, store]', 'response: [price, stor]', 'unknown step "stor"'],
  ['"${most}"]', 'five]', 'expected a step and a whole number'],
  ['a.output.total', 'c.output.total', 'unknown name "c"'],
  ['a.output.total > 0', 'a.output.total > b.output.total', 'one on both is "where"'],
  ['response: [price, store]', 'response: [price, price]', 'expected steps that differ'],
  ['10ms..2s', '2s..10ms', 'the least time, 2s, is more than the most, 10ms'],
  ['at-most: 300ms, per', 'per', 'expected "at-most" or "at-least"'],
  ['{ at-least: 1ms }', '{ at-least: 1ms, per: attempt }', 'only a step has attempts'],
  ['params.most', 'params.mots', 'unknown parameter "mots", did you mean "most"?'],
  ['steps.price.size()', 'stps.price.size()', 'unknown name "stps"'],
  ['service: gateway }\n', 'service: gateway, nme: x }\n', 'did you mean "name"?'],
  ['{ value: "/\\\\b\\\\d{16}\\\\b/", service: gateway }', '{ service: gateway }', 'expected "name" or "value"'],
  ['enter store*2', 'enter stor*2', 'unknown step "stor", did you mean "store"?'],
  ['enter store*2', 'enter (store', 'not a word: ")" is missing'],
  ['finding: missing-step', 'finding: missing-stp', 'did you mean "missing-step"?'],
];

describe('a flow in the full language', () => {
  it('compiles to plain data', async () => {
    const flow = await loadFlow(FULL_FLOW, 'a.flow.yaml');
    expect(flow.steps[1]).to.deep.equal({
      name: 'price',
      matcher: { step: 'price', span: '/^price \\d+$/', tries: 'retried' },
      mayFail: false,
      attempts: { min: 1, max: 3 },
    });
    expect(flow.steps[4]?.mayFail).to.equal(true);
    expect(flow.order).to.deep.include({ kind: 'sequence' });
    expect(flow.rules[0]).to.deep.equal({ kind: 'at-most', steps: ['price'], count: 5 });
    expect(flow.rules[1]).to.deep.equal({
      kind: 'response',
      steps: ['price', 'store'],
      when: { about: 'a', condition: 'a.output.total > 0' },
      where: 'a.output.id == b.output.id',
      window: { leastMs: 10, limitMs: 2_000 },
    });
    expect(flow.budgets).to.deep.equal([
      { kind: 'total', leastMs: 1, limitMs: 2_000 },
      { kind: 'attempt', step: 'price', limitMs: 300 },
      { kind: 'between', from: 'enter', to: 'store', leastMs: 1 },
    ]);
    expect(flow.forbidden).to.deep.equal([{ name: '*.card.*' }, { value: '/\\b\\d{16}\\b/', service: 'gateway' }]);
    expect(flow.examples.recorded).to.deep.equal([
      { file: 'good.jsonl', verdict: 'pass' },
      { file: 'bad.jsonl', verdict: 'fail', finding: 'missing-step' },
    ]);
    expect(JSON.parse(JSON.stringify(flow))).to.deep.equal(JSON.parse(JSON.stringify(flow)));
  });

  it('takes parameters from outside, as what their defaults are', async () => {
    const flow = await loadFlow(FULL_FLOW, 'f', { parameters: { most: '7', region: 'us' } });
    expect(flow.parameters).to.deep.equal({ most: 7, region: 'us' });
    expect(flow.rules[0]?.count).to.equal(7);
    expect(flow.steps[5]?.matcher.service).to.equal('shop-us');
  });

  it('refuses a parameter that it does not declare', async () => {
    expect(await problemsOf(FULL_FLOW, { parameters: { mots: 1 } })).to.deep.equal([
      '1 unknown parameter "mots", did you mean "most"?, given from outside',
    ]);
  });

  it('takes what the environment says, or else the default beside it', async () => {
    const text = FULL_FLOW.replace('shop-${region}', 'shop-${env:REGION:-north}');
    const serviceIn = async (environment: FlowSurroundings['environment'] = {}) =>
      (await loadFlow(text, 'f', { environment })).steps[5]?.matcher.service;
    expect(await serviceIn()).to.equal('shop-north');
    expect(await serviceIn({ REGION: 'south' })).to.equal('shop-south');
  });

  it('asks nothing of the order where the file says nothing', async () => {
    const flow = await loadFlow('version: 1\nflow: f\nsteps: { a: {}, b: {} }\n', 'f');
    expect(flow.order).to.deep.include({ kind: 'parallel' });
  });

  for (const [from, to, message] of MISTAKES) {
    it(`points at the line of "${to.trim()}"`, async () => {
      const text = FULL_FLOW.replace(from, () => to);
      expect(text).not.to.equal(FULL_FLOW);
      const line = text.slice(0, text.indexOf(to)).split('\n').length;
      const problems = await problemsOf(text);
      expect(
        problems.some((one) => one.startsWith(`${line} `) && one.includes(message)),
        problems.join('\n'),
      ).to.equal(true);
    });
  }
});
