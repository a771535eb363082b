import { expect } from 'chai';
import fc from 'fast-check';
import { BoltStructure, type BoltValue } from '../../../src/embedded/bolt/bolt-value.js';
import { decodePackStream, PackStreamError } from '../../../src/embedded/bolt/packstream-decode.js';
import { encodePackStream } from '../../../src/embedded/bolt/packstream-encode.js';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const { value } = fc.letrec<{ value: BoltValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    int64,
    fc.double(),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((members) => new Map(members)),
    fc
      .tuple(fc.integer({ min: 0, max: 127 }), fc.array(tie('value'), { maxLength: 8 }))
      .map(([tag, fields]) => new BoltStructure(tag, fields)),
  ),
}));

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('PackStream', () => {
  it('gives back every value it is given', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(decodePackStream(encodePackStream(given))).to.deep.equal(given);
      }),
      { numRuns: 500 },
    );
  });

  const forms: readonly (readonly [string, BoltValue, string])[] = [
    ['null', null, 'c0'],
    ['true', true, 'c3'],
    ['a tiny integer', 42n, '2a'],
    ['a negative tiny integer', -16n, 'f0'],
    ['the first integer of two bytes', -17n, 'c8 ef'],
    ['128, which needs two bytes', 128n, 'c9 0080'],
    ['an integer of four bytes', 2_147_483_647n, 'ca 7fffffff'],
    ['an integer of eight bytes', 2_147_483_648n, 'cb 0000000080000000'],
    ['a float', 1.1, 'c1 3ff199999999999a'],
    ['a float with a whole value', 1, 'c1 3ff0000000000000'],
    ['a short text', 'ä', '82 c3a4'],
    ['a text of 16 bytes', 'abcdefghijklmnop', 'd0 10 6162636465666768696a6b6c6d6e6f70'],
    ['bytes', Uint8Array.of(1, 2), 'cc 02 01 02'],
    ['a list', [1n, 'a'], '92 01 81 61'],
    ['a map', new Map([['a', 1n]]), 'a1 81 61 01'],
    ['a structure', new BoltStructure(0x4e, [1n]), 'b1 4e 01'],
  ];
  for (const [what, given, hex] of forms) {
    it(`writes ${what} in the form of the specification`, () => {
      expect(encodePackStream(given).toString('hex')).to.equal(hex.replaceAll(' ', ''));
    });
  }

  it('keeps a key that is special to JavaScript', () => {
    const given = new Map([['__proto__', 1n]]);
    expect(decodePackStream(encodePackStream(given))).to.deep.equal(given);
  });

  it('refuses an integer outside 64 bits', () => {
    expect(() => encodePackStream(2n ** 63n)).to.throw(RangeError);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['no bytes', ''],
    ['bytes that end early', 'c1 3ff0'],
    ['bytes left over', '01 02'],
    ['an unknown marker', 'df'],
    ['a map key that is no text', 'a1 01 01'],
    ['a list of four billion items in nine bytes', 'd6 ffffffff 01010101'],
    ['a text longer than the message', 'd2 7fffffff 61'],
  ];
  for (const [what, hex] of broken) {
    it(`refuses ${what}`, () => {
      expect(() => decodePackStream(bytes(hex))).to.throw(PackStreamError);
    });
  }

  it('refuses what nests deeper than 100 levels, however deep', () => {
    expect(() => decodePackStream(Buffer.alloc(1_000_000, 0x91))).to.throw(PackStreamError, 'deeper than 100');
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (given) => {
        try {
          decodePackStream(Buffer.from(given));
        } catch (error) {
          expect(error).to.be.instanceOf(PackStreamError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
