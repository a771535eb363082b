import { expect } from 'chai';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const ROUTE = 'steps: {w: {route: /orders/*}}\norder: w';

describe('names that older instrumentations write', () => {
  it('are known to expressions by their current ones, beside what was sent', async () => {
    const invariant = (text: string): string =>
      `steps: {a: {}, q: {client: neo4j}}\norder: {sequence: [a, q]}\ninvariants: {x: "${text}"}`;
    const lines = 'r s 0-90\na s <r 1-5 step=a\nq s <r 10-15 client db.system=neo4j';
    const writers = "spans.all(s, !('db.system.name' in s.attributes) || s.attributes['db.system.name'] != 'neo4j')";
    expect(wordsOf(await judgedLines(invariant(writers), lines))).to.match(/^fail invariant-broken/);
    for (const name of ['db.system.name', 'db.system']) {
      const ofStep = `steps.q[0].attributes['${name}'] == 'neo4j'`;
      expect(wordsOf(await judgedLines(invariant(ofStep), lines))).to.equal('pass');
      const ofSpan = `spans.exists(s, '${name}' in s.attributes && s.attributes['${name}'] == 'neo4j')`;
      expect(wordsOf(await judgedLines(invariant(ofSpan), lines))).to.equal('pass');
    }
  });

  const routes: readonly (readonly [attribute: string, fits: boolean])[] = [
    ['http.route=/orders/{id}', true],
    ['url.path=/orders/7', true],
    ['http.target=/orders/7?x=1', true],
    ['http.target=/baskets?at=/orders/7', false],
    ['url.full=http://shop:80/orders/7?x=2', true],
    ['http.url=https://shop/orders/7#top', true],
    ['url.full=http://shop/baskets/orders/7', false],
    ['url.full=http://shop?x=/orders/7', false],
  ];
  for (const [attribute, fits] of routes) {
    it(`${fits ? 'fit' : 'do not fit'} a route: ${attribute}`, async () => {
      const { outcome } = await judgedLines(ROUTE, `w s 0-9 client http.request.method=POST ${attribute}`);
      expect(outcome === 'pass').to.equal(fits);
    });
  }

  it('name what is done with a message', async () => {
    const flow = 'steps: {w: {client: kafka, operation: process}}\norder: w';
    const kafka = 'w s 0-9 consumer messaging.system=kafka';
    expect(wordsOf(await judgedLines(flow, `${kafka} messaging.operation=process`))).to.equal('pass');
    const named = `${kafka} messaging.operation=process messaging.operation.name=poll`;
    expect(wordsOf(await judgedLines(flow, named))).to.equal('fail missing-step(w)');
  });
});
