import { expect } from 'chai';
import fc from 'fast-check';
import { compileExpression } from '../../src/lib/expression.js';

function evaluate(text: string, data: Readonly<Record<string, unknown>> = {}): unknown {
  const compiled = compileExpression(text);
  if (!compiled.ok) return `refused at ${compiled.problem.offset}`;
  const result = compiled.expression.evaluate(data);
  return result.ok ? result.value : 'error';
}

const ROWS: readonly (readonly [text: string, data: Readonly<Record<string, unknown>>, result: unknown])[] = [
  ['a == b', { a: 2, b: 2n }, true],
  ['a == 2.0', { a: 2 }, true],
  ['a == b', { a: 9007199254740993n, b: 9007199254740992n }, false],
  ['a * 1.5 + 1', { a: 2 }, 4],
  ['a / 2.0', { a: 3n }, 1.5],
  ['a + 0.5 > 2', { a: 2 }, true],
  ['ttlMs > 0', { ttlMs: -1 }, false],
  ['a.missing == 1', { a: {} }, 'error'],
  ['a[0].b', { a: [] }, 'error'],
  ['absent == 1', {}, 'error'],
  ['a.constructor', { a: {} }, 'error'],
  ['has(a.b)', { a: {} }, false],
  ['type == "string"', { type: 'string' }, true],
  ['type(a) == int', { a: 1 }, true],
  ['a.matches("^(a+)+$")', { a: `${'a'.repeat(30_000)}b` }, false],
  ['a.matches("b+")', { a: 'abb' }, true],
  ['((a)).matches("b")', { a: 'b' }, true],
  ['a.matches("(")', { a: '' }, 'refused at 10'],
  ['matches(a, "b")', { a: '' }, 'refused at 0'],
  ['a &&', {}, 'refused at 4'],
  ['nothing(a)', { a: 1 }, 'refused at 0'],
  ['a.map(x, a.map(y, a.map(z, 1)))', { a: Array(300).fill(1) }, 'error'],
  ['a.size()', { a: Array(60_000).fill(1) }, 'error'],
  ['has(a[0].b.c)', { a: [{ b: { c: 1 } }] }, true],
  ['has(a[0].b.d)', { a: [{ b: { c: 1 } }] }, false],
  ['has(a[0].b.c)', { a: [{ b: null }] }, false],
  ['has(a["x"].c) || has(a.y)', { a: { x: {}, y: 1 } }, true],
  ['has(a[0].b.c)', { a: [] }, 'error'],
  ['has(a[0].b.c)', { a: [{ b: 5 }] }, 'error'],
  ['has(a)', { a: 1 }, 'refused at 0'],
  ['has(a[0])', { a: [1] }, 'refused at 0'],
  ['a.durationMs / 2', { a: { durationMs: 5 } }, 2.5],
  ['a.map(s, s.durationMs / 2)', { a: [{ durationMs: 5 }, { durationMs: 4.5 }] }, [2.5, 2.25]],
  ['a.durationMs == 5 && a.durationMs < 6', { a: { durationMs: 5 } }, true],
  ['a.n / 2', { a: { n: 5 } }, 2],
  ['a.filter(x, x.n > 1).size()', { a: [{ n: 1 }, { n: 2 }] }, 1],
];

describe('an expression', () => {
  for (const [text, data, result] of ROWS) {
    it(`${text} gives ${String(result)}`, () => expect(evaluate(text, data)).to.deep.equal(result));
  }

  it('lists the names it takes from data, not those its loops bind', () => {
    const compiled = compileExpression("steps.a[0].x == steps['b-c'].filter(v, v.y == row.z).size()");
    const names = compiled.ok ? compiled.expression.names : [];
    expect(names.map(({ root, member }) => `${root}.${member}`)).to.deep.equal(['steps.a', 'steps.b-c', 'row.z']);
  });

  it('compares whole numbers alike in every encoding', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
        const data = { a, b, bigA: BigInt(a) };
        expect(evaluate('a == bigA', data)).to.equal(true);
        expect(evaluate('bigA < b', data)).to.equal(a < b);
      }),
      { numRuns: 200 },
    );
  });

  it('carries the spans of a large request, and two loops over some hundreds', () => {
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]));
    const spans = Array.from({ length: 10_001 }, (_, i) => ({ id: `s${i}`, parent: '', durationMs: 1, attributes }));
    expect(evaluate('spans.all(s, s.durationMs < 2000.0)', { spans })).to.equal(true);
    const twice = "spans.all(s, spans.exists(q, q.id == s.parent) || s.parent == '')";
    expect(evaluate(twice, { spans: spans.slice(0, 2_000) })).to.equal(true);
    expect(evaluate(twice, { spans })).to.equal('error');
  });

  it('never throws, whatever the text and the data', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '.', '[', ']', '0', '==', '&&', '"', '(', ')', 'map', 'matches', ',', '1.5', '+', ' '),
    });
    fc.assert(
      fc.property(text, fc.jsonValue(), (source, a) => void evaluate(source, { a })),
      { numRuns: 500 },
    );
    expect(evaluate('('.repeat(2_000))).to.match(/^refused/);
  });
});
