import { expect } from 'chai';
import type { TracecourtError } from '../../src/errors.js';
import {
  anyOf,
  anyOrder,
  choice,
  flow,
  flowFromYaml,
  loadFlow,
  named,
  optional,
  parallel,
  repeat,
  sequence,
  sequenceByStart,
  under,
  when,
} from '../../src/index.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { FULL_FLOW } from './full-flow.js';
import { REFERENCE_FLOW } from './reference-flow.js';
import { SAMPLE_FLOW } from './sample-flow.js';

const shop = flow('shop')
  .steps({
    enter: { service: 'gateway' },
    price: { service: 'pricing', attempts: '1..3' },
    store: { client: 'neo4j' },
    refuse: { status: 'error' },
  })
  .order(sequence('enter', repeat('price', '1..3'), choice('store', optional('refuse'))))
  .with({
    parameters: { most: 3 },
    values: { id: 'steps.enter[0].output.id' },
    rules: [{ 'at-most': ['price', 3] }, { response: ['price', 'store'], within: '2s' }],
    budgets: { total: '2s', 'enter -> store': '1s', price: { 'at-most': '300ms', per: 'attempt' } },
    effects: { store: { neo4j: { cypher: 'MATCH (o:Order {id: $id}) RETURN o', count: 1 } } },
    examples: { accepts: ['enter price store'] },
  });

const SHOP_YAML = `version: 1
flow: shop
parameters: { most: 3 }
steps:
  enter: { service: gateway }
  price: { service: pricing, attempts: 1..3 }
  store: { client: neo4j }
  refuse: { status: error }
order:
  sequence: [enter, repeat: { step: price, times: 1..3 }, choice: [store, optional: refuse]]
values:
  id: steps.enter[0].output.id
rules:
  - at-most: [price, 3]
  - response: [price, store]
    within: 2s
budgets: { total: 2s, enter -> store: 1s, price: { at-most: 300ms, per: attempt } }
effects: { store: { neo4j: { cypher: "MATCH (o:Order {id: $id}) RETURN o", count: 1 } } }
examples: { accepts: [enter price store] }
`;

describe('a flow made in TypeScript', () => {
  it('is the flow that its file would be', async () => {
    expect(await shop.compile()).to.deep.equal(await loadFlow(SHOP_YAML, 'shop.flow.yaml'));
  });

  it('spells each operator as a file does', () => {
    const nodeOf = (part: { readonly node: unknown }): unknown => part.node;
    expect(nodeOf(anyOf('a', anyOrder('b', 'c')))).to.deep.equal({ 'any-of': ['a', { 'any-order': ['b', 'c'] }] });
    expect(nodeOf(sequenceByStart('a', parallel('b', 'c')))).to.deep.equal({
      sequence: { by: 'start', of: ['a', { parallel: ['b', 'c'] }] },
    });
    expect(nodeOf(repeat(sequence('a', 'b'), '+', { between: 'c' }))).to.deep.equal({
      repeat: { of: { sequence: ['a', 'b'] }, times: '+', between: 'c' },
    });
    expect(nodeOf(when('values.warm', 'a', under('b', 'c')))).to.deep.equal({
      if: 'values.warm',
      ['then' as const]: 'a',
      else: { step: 'b', under: 'c' },
    });
  });

  it('names parts', async () => {
    const named = shop.part('end', choice('store', 'refuse'), (end) => sequence('enter', end));
    expect(named.toYaml()).to.include('flow: end');
    const compiled = await named.compile();
    expect(compiled.order).to.deep.equal({
      kind: 'sequence',
      children: [
        { kind: 'step', step: 'enter' },
        {
          kind: 'flow',
          name: 'end',
          child: {
            kind: 'choice',
            children: [
              { kind: 'step', step: 'store' },
              { kind: 'step', step: 'refuse' },
            ],
          },
        },
      ],
    });
  });

  it('has several named parts in one order, one within another, and one at two places', async () => {
    const end = named('end', choice('store', 'refuse'));
    const one = named('one', sequence('price', end));
    const built = shop.order(sequence('enter', choice(one, end)));
    const file = SHOP_YAML.replace(/^order:\n.*\n/m, '').concat(`
order: { sequence: [enter, choice: [flow: one, flow: end]] }
flows: { one: { sequence: [price, flow: end] }, end: { choice: [store, refuse] } }
`);
    expect(await built.compile()).to.deep.equal(await loadFlow(file, 'shop.flow.yaml'));
    expect(() => shop.order(sequence(end, named('end', optional('store'))))).to.throw('two parts of the flow');
  });

  it('can be the reference flow, typed, with parameters where numbers stand', async () => {
    const file = readRepositoryFile('examples/gpu-allocation/gpu-allocation.flow.yaml');
    expect(await REFERENCE_FLOW.compile()).to.deep.equal(await loadFlow(file, 'gpu-allocation.flow.yaml'));
    const parameters = { members: 7, quorum: 4 };
    expect(await REFERENCE_FLOW.compile({ parameters })).to.deep.equal(await loadFlow(file, 'a', { parameters }));
  });

  it('takes a parameter where a number, a word or a truth value stands', async () => {
    const built = flow('shop')
      .steps({ a: { kind: `\${kind}`, attributes: { n: { above: `\${most}` } }, 'may-fail': `\${lax}` } })
      .order('a')
      .with({ parameters: { most: 3, kind: 'server', lax: true }, rules: [{ 'at-most': ['a', `\${most}`] }] });
    const [step] = (await built.compile()).steps;
    expect(step?.matcher).to.deep.equal({ step: 'a', kind: 'server', attributes: { n: { above: 3 } } });
    expect(step?.mayFail).to.equal(true);
  });

  it('changes nothing of the flow that it is made from', () => {
    const before = shop.toYaml();
    shop.order('enter').with({ prove: true });
    expect(shop.toYaml()).to.equal(before);
  });

  it('refuses a misspelt step where it is compiled', () => {
    // @ts-expect-error: no step has this name
    shop.order(sequence('entr', 'price'));
    // @ts-expect-error: nor this one, in a rule
    shop.with({ rules: [{ response: ['price', 'stor'] }] });
    // @ts-expect-error: nor this one, in a budget
    shop.with({ budgets: { 'enter -> stor': '1s' } });
    // @ts-expect-error: nor this one, in an effect
    shop.with({ effects: { stor: { redis: { key: 'k' } } } });
    // @ts-expect-error: a matcher has no such part
    shop.steps({ enter: { servce: 'gateway' } });
    // @ts-expect-error: there is no step of this name inside one either
    flow('x').steps({ batch: { inside: { repeat: { step: 'itm', times: 4 } } }, item: {} });
    // @ts-expect-error: rounds are of one step, or of a part, and not of both
    flow('x').steps({ batch: { inside: { repeat: { step: 'item', of: 'item', times: 4 } } }, item: {} });
    // @ts-expect-error: a text is no number, unless it is a parameter
    shop.with({ rules: [{ 'at-most': ['price', 'three'] }] });
    flow('x').steps({ batch: { inside: { repeat: { step: 'item', times: 4 } } }, item: {} });
    expect(shop.toYaml()).not.to.include('stor:');
  });

  it('tells what only the whole can tell when it is compiled', async () => {
    const wrong = shop.with({ values: { id: 'steps.entr[0].output.id' } });
    const error = await wrong.compile().then(
      () => undefined,
      (problem: TracecourtError) => problem,
    );
    expect(error?.code).to.equal('invalid-flow');
    expect(error?.message).to.include('did you mean "enter"?');
  });

  for (const [name, text] of [
    ['the sample', SAMPLE_FLOW],
    ['the full sample', FULL_FLOW],
    ['the reference system', readRepositoryFile('examples/gpu-allocation/gpu-allocation.flow.yaml')],
    ['its calls', readRepositoryFile('examples/gpu-allocation/calls.flow.yaml')],
    ['its house rules', readRepositoryFile('examples/gpu-allocation/house-rules.flow.yaml')],
  ] as const) {
    it(`comes back from a file and goes into one: ${name}`, async () => {
      const built = flowFromYaml(text);
      const compiled = await loadFlow(text, 'a.flow.yaml');
      expect(await built.compile()).to.deep.equal(compiled);
      expect(await loadFlow(built.toYaml(), 'b.flow.yaml')).to.deep.equal(compiled);
    });
  }
});
