import { expect } from 'chai';
import fc from 'fast-check';
import { fromExactJson, toExactJson } from '../../src/lib/json.js';

describe('JSON for ourselves', () => {
  it('gives back the very same data, bigints and bytes included', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(fromExactJson(toExactJson(value))).to.deep.equal(value);
      }),
    );
  });

  it('writes what holds neither as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toExactJson(value)).to.equal(JSON.stringify(value));
      }),
    );
  });

  const left: readonly (readonly [what: string, value: unknown, text: string])[] = [
    ['an absent field is left out', { a: undefined, b: 1, c: undefined }, '{"b":1}'],
    ['an absent item is null', [undefined, () => 1, 1], '[null,null,1]'],
    ['what is no number in JSON is null', [Number.NaN, Number.POSITIVE_INFINITY, -0], '[null,null,0]'],
    ['a name is escaped', { 'say "a"\n': 1 }, '{"say \\"a\\"\\n":1}'],
    ['what says itself how it is written is written so', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['what leaves itself out is left out', { columns: { toJSON: () => undefined }, a: 1 }, '{"a":1}'],
    [
      'bytes are base64, a Buffer too',
      [new Uint8Array([1, 2]), Buffer.from([3])],
      '[{"$bytes":"AQI="},{"$bytes":"Aw=="}]',
    ],
    ['a view is written without what is beside it', new Uint8Array([1, 2, 3]).subarray(1, 2), '{"$bytes":"Ag=="}'],
  ];
  for (const [what, value, text] of left) it(what, () => expect(toExactJson(value)).to.equal(text));
});

/** Names of our own tags among the keys: who has one for a field of its own gets it back too. */
const tag = fc.constantFrom('$bigint', '$bytes', '$plain');
const key = fc.oneof(fc.string(), tag);

const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.tuple(tag, tie('data')).map((entry) => Object.fromEntries([entry])),
    fc.dictionary(key, tie('data'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
