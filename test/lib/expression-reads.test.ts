import { expect } from 'chai';
import { compileExpression } from '../../src/lib/expression.js';
import { LookedUp } from '../../src/lib/expression-values.js';
import { seeded } from '../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

const ROUNDS = 4_000;

const lookedUp = (all: Readonly<Record<string, unknown>>): LookedUp =>
  new LookedUp({
    get: (name) => (Object.hasOwn(all, name) ? all[name] : undefined),
    entries: () => Object.entries(all),
  });

/** Lists and maps in each other, some of them under names that look like places in a list. */
const DATA: Readonly<Record<string, unknown>> = {
  a: [{ k: 1, l: { k: 'x', 0: 2 }, xs: [1, 2] }, { k: 2, durationMs: 4 }, lookedUp({ k: 1, l: lookedUp({ k: 5 }) })],
  m: { k: 1, l: { k: [1, { k: 2 }] }, 0: { k: 5 }, a: [{ k: 3 }] },
  o: lookedUp({ k: [3], l: { k: 1, l: null }, durationMs: 2 }),
  w: ['k', 'l'],
  s: 'k',
};

const LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map'];

function part(random: Random, names: readonly string[], depth: number): string {
  const root = random.pick(names);
  if (depth === 0) return root;
  const of = part(random, names, depth - 1);
  return random.pick([
    root,
    `${of}.k`,
    `${of}.l`,
    `${of}.a`,
    `${of}['k']`,
    `${of}[0]`,
    `${of}[1]`,
    `${of}[${part(random, names, depth - 1)}]`,
    `${of}.filter(y, ${truth(random, [...names, 'y'], depth - 1)})`,
    `(${truth(random, names, depth - 1)} ? ${of} : ${root})`,
  ]);
}

function truth(random: Random, names: readonly string[], depth: number): string {
  const [one, other] = [part(random, names, depth), part(random, names, depth)];
  if (depth === 0) return `${one} == ${random.pick(['1', '"k"', '[3]'])}`;
  return random.pick([
    `${one} == ${other}`,
    `${one}.k == 1`,
    `has(${one}.k)`,
    `has(${one}.l.k)`,
    `'k' in ${one}`,
    `${other} in ${one}`,
    `${one}.size() > 1`,
    `size(${one}) > 1`,
    `${one}.durationMs / 4 < 1`,
    `${one}.${random.pick(LOOPS)}(x, ${truth(random, [...names, 'x'], depth - 1)}) != ${other}`,
    `${one}.map(x, ${truth(random, [...names, 'x'], depth - 1)}, x.k) != ${other}`,
    `!(${truth(random, names, depth - 1)}) || ${truth(random, names, depth - 1)}`,
  ]);
}

function evaluate(text: string) {
  const compiled = compileExpression(text);
  return compiled.ok ? compiled.expression.evaluate(DATA) : undefined;
}

/** The same with all data read whole. */
function evaluateWhole(text: string) {
  const all = Object.keys(DATA).map((name) => `${name} == ${name}`);
  const result = evaluate(`[${text}, ${all.join(', ')}]`);
  return result?.ok ? { ok: true, value: (result.value as readonly unknown[])[0] } : result;
}

describe('what an expression does not read', () => {
  it(`bears on nothing, over ${ROUNDS} random expressions`, () => {
    const random = seeded(7);
    let [told, failed] = [0, 0];
    for (let i = 0; i < ROUNDS; i++) {
      const text = truth(random, Object.keys(DATA), 1 + random.below(3));
      const result = evaluate(text);
      if (!result) continue;
      expect(result, text).to.deep.equal(evaluateWhole(text));
      if (result.ok) told++;
      else failed++;
    }
    expect(told).to.be.greaterThan(ROUNDS / 10);
    expect(failed).to.be.greaterThan(ROUNDS / 10);
  });

  for (const text of [
    'm.a == [{"k": 3}]',
    'a[0].l == {"k": "x", "0": 2}',
    'o.l == {"k": 1, "l": null}',
    'size(m) == 4',
  ]) {
    it(`is not taken from ${text}, which reads all`, () => {
      expect(evaluate(text)).to.deep.equal({ ok: true, value: true });
    });
  }

  it('is not made', () => {
    const asked: string[] = [];
    const get = (name: string): unknown => void asked.push(name);
    const entries = (): never => expect.fail('all of it was asked for');
    const compiled = compileExpression(`a.all(s, !('k' in s.of) || s.of['l'] == 1) && has(b.m) == false`);
    const data = { a: [{ of: new LookedUp({ get, entries }) }], b: new LookedUp({ get, entries }) };
    expect(compiled.ok && compiled.expression.evaluate(data)).to.deep.equal({ ok: true, value: true });
    expect(asked).to.deep.equal(['k', 'l', 'm']);
  });
});
