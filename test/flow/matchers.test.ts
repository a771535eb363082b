import { expect } from 'chai';
import { loadFlow, matcherWarnings } from '../../src/flow/index.js';
import { globsMeet } from '../../src/flow/patterns-meet.js';

async function warned(a: object, b: object): Promise<boolean> {
  const flow = await loadFlow(JSON.stringify({ version: 1, flow: 'test', steps: { a, b }, order: 'a' }), 'the row');
  const warnings = matcherWarnings(flow);
  if (warnings.length > 0)
    expect(warnings).to.deep.equal(['one span can be both "a" and "b": tell their matchers apart']);
  return warnings.length > 0;
}

const of = (n: unknown): object => ({ span: 'call', attributes: { n } });
const json = (n: unknown): object => ({ span: 'call', json: { body: { 'items[0].n': n } } });

/** Two matchers, and what the test for one of them says of the other. */
const MEET: readonly (readonly [object, object])[] = [
  [of({ above: 5 }), of({ above: 3 })],
  [of({ 'at-least': 3 }), of({ 'at-most': 3 })],
  [of({ above: 5 }), of(6)],
  [of({ like: 'a*' }), of('ab')],
  [of({ like: '/^a/' }), of({ like: 'ab*' })],
  [of({ not: 5 }), of(4)],
  [of({ present: true }), of({ above: 3 })],
  [of({ contains: 'x' }), of({ 'one-of': ['axe', 'b'] })],
  [of({ present: false }), of({ present: false })],
  [of({ is: 1 }), { span: 'call' }],
  [json({ above: 1 }), json(2)],
  [{ span: '/^price/' }, { span: 'price x' }],
  [{ span: '/price$/' }, { span: 'list *' }],
  [{ span: '/^a|b/' }, { span: 'xb*' }],
  [{ span: '/^ab?c/' }, { span: 'ac*' }],
  [
    { method: 'post', kind: 'server' },
    { method: 'POST', route: '/orders' },
  ],
  [
    { status: 'error', span: 'pay' },
    { span: 'pay', message: '*refused*' },
  ],
  [{ client: 'http' }, { kind: 'client', route: '/a' }],
  [{}, { span: 'a*' }],
  [{ attempts: '1..3' }, { kind: 'internal' }],
];

const APART: readonly (readonly [object, object])[] = [
  [of({ above: 5 }), of({ below: 3 })],
  [of({ above: 3 }), of({ 'at-most': 3 })],
  [of({ above: 5 }), of('6')],
  [of(1), of(true)],
  [of({ like: 'a*' }), of({ like: 'b*' })],
  [of({ like: '/^a/' }), of({ like: 'b*' })],
  [of({ not: 5 }), of(5)],
  [of({ present: false }), of(5)],
  [of({ 'one-of': [1, 2] }), of({ 'one-of': [3] })],
  [of({ contains: 'x' }), of({ above: 3 })],
  [of({ empty: true }), of('x')],
  [of({ empty: true }), of({ empty: false })],
  [json({ above: 1 }), json(1)],
  [{ span: '/^price/' }, { span: 'cost x' }],
  [{ span: '/^price/' }, { span: 'cost *' }],
  [{ method: 'POST' }, { method: 'GET' }],
  [
    { kind: 'server', route: '/orders/*' },
    { kind: 'server', route: '/users' },
  ],
  [
    { status: 'ok', span: 'pay' },
    { status: 'error', span: 'pay' },
  ],
  [
    { client: 'kafka', topic: 't', group: 'one' },
    { client: 'kafka', topic: 't', group: 'two' },
  ],
  [
    { status: 'error', message: 'no *' },
    { status: 'error', message: 'sold out' },
  ],
  [{ client: 'http' }, { kind: 'server', method: 'GET' }],
  [{ attempts: '1..3' }, {}],
  [{ attempts: '1..3' }, { client: 'redis' }],
  [{ hedged: true, attempts: '1..3' }, { span: 'other' }],
  [{}, { kind: 'consumer' }],
];

describe('matcherWarnings', () => {
  for (const [a, b] of MEET) {
    it(`warns of ${JSON.stringify(a)} and ${JSON.stringify(b)}`, async () => {
      expect([await warned(a, b), await warned(b, a)].includes(true)).to.equal(true);
    });
  }

  for (const [a, b] of APART) {
    it(`does not of ${JSON.stringify(a)} and ${JSON.stringify(b)}`, async () => {
      expect([await warned(a, b), await warned(b, a)]).to.deep.equal([false, false]);
    });
  }

  for (const [a, b, meet] of [
    ['a*', '*b', true],
    ['a*', 'b*', false],
    ['a?', 'a', false],
    ['*', '', true],
    ['ctx:*', 'ctx:?1', true],
  ] as const) {
    it(`says that ${a} and ${b} ${meet ? 'can' : 'cannot'} meet`, () => expect(globsMeet(a, b)).to.equal(meet));
  }

  it('is told once a step, however many others a span of it could be', async () => {
    const steps = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, { span: 'call' }]));
    const flow = await loadFlow(JSON.stringify({ version: 1, flow: 'test', steps, order: 'a' }), 'the row');
    const warnings = matcherWarnings(flow);
    expect(warnings).to.have.length(6);
    expect(warnings[0]).to.equal(
      'one span can be "a" and also "b", "c", "d", "e" or 2 more: tell their matchers apart',
    );
    expect(warnings[5]).to.equal('one span can be both "f" and "g": tell their matchers apart');
  });
});
