import { expect } from 'chai';
import fc from 'fast-check';
import { fromExactJson, toExactJson, toJson } from '../../src/lib/json.js';

describe('exact JSON', () => {
  it('gives back bigints, bytes, buffers and objects that look like its own tags', () => {
    const value = {
      time: 1795259101000000001n,
      body: new Uint8Array([0, 255]),
      odd: { $bigint: 'no number' },
      list: [1n, null],
    };
    expect(fromExactJson(toExactJson(value))).to.deep.equal(value);
    expect(fromExactJson(toExactJson({ body: Buffer.from([7]) }))).to.deep.equal({ body: new Uint8Array([7]) });
  });

  it('gives back any data of JSON with bigints', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.bigInt());
    const key = fc.oneof(
      fc.constantFrom('$bigint', '$bytes', '$plain', 'a'),
      fc.string().filter((text) => text !== '__proto__'),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(fromExactJson(toExactJson(value))).to.deep.equal(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe('toJson', () => {
  it('writes nanosecond times as decimal strings', () => {
    expect(toJson({ at: 1795259101000000001n })).to.equal('{"at":"1795259101000000001"}');
  });
});
