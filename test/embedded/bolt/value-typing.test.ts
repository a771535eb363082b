import { expect } from 'chai';
import type { ArrowKind, ArrowType } from '../../../src/embedded/bolt/arrow-types.js';
import { toBoltValue } from '../../../src/embedded/bolt/engine-values.js';
import type { TypeMark } from '../../../src/embedded/bolt/type-marks.js';
import { shapeOf } from '../../../src/embedded/bolt/value-shape.js';
import { type ColumnFacts, ColumnTyping, MarkTyping, UncertainType } from '../../../src/embedded/bolt/value-typing.js';

function column(kind: ArrowKind, children: readonly ArrowType[] = []): ArrowType {
  return { name: 'item', kind, children };
}

function typingOf(type: ArrowType, facts: ColumnFacts): ColumnTyping {
  return new ColumnTyping(() => type, facts);
}

describe('what a column tells of its values', () => {
  const ALONE = { isAlone: true, mayHoldTemporals: true };
  const AMONG_OTHERS = { isAlone: false, mayHoldTemporals: true };

  it('is certain of integers', () => {
    expect(toBoltValue(2, typingOf(column('int'), AMONG_OTHERS))).to.equal(2n);
  });

  it('is certain of a whole float only if there is no integer that it could have been', () => {
    expect(toBoltValue(2, typingOf(column('float'), ALONE))).to.equal(2);
    expect(() => toBoltValue(2, typingOf(column('float'), AMONG_OTHERS))).to.throw(UncertainType);
    expect(() => toBoltValue([2, 2.5], typingOf(column('list', [column('float')]), ALONE))).to.throw(UncertainType);
    expect(toBoltValue(2.5, typingOf(column('float'), AMONG_OTHERS))).to.equal(2.5);
  });

  it('doubts a whole number among texts', () => {
    expect(() => toBoltValue(2, typingOf(column('utf8'), AMONG_OTHERS))).to.throw(UncertainType);
  });

  it('doubts a text that could be a time, unless nobody ever made one', () => {
    const texts = typingOf(column('utf8'), AMONG_OTHERS);
    for (const text of ['2024-01-01', '-005-01-01T00:00:00', '12024-01-01', '01:02:03Z', 'P1D', '-PT1S', 'P-1M'])
      expect(() => toBoltValue(text, texts)).to.throw(UncertainType);
    for (const text of ['Person', '4711', '-1', '12-34', 'PROD', '']) expect(toBoltValue(text, texts)).to.equal(text);
    expect(toBoltValue('granted', texts)).to.equal('granted');
    expect(toBoltValue('2024-01-01', typingOf(column('utf8'), ALONE))).to.equal('2024-01-01');
    const without = typingOf(column('utf8'), { isAlone: false, mayHoldTemporals: false });
    expect(toBoltValue('2024-01-01', without)).to.equal('2024-01-01');
  });

  it('is not asked about a text that is like no time', () => {
    const silent = new ColumnTyping(() => {
      throw new Error('asked');
    }, AMONG_OTHERS);
    expect(toBoltValue('granted', silent)).to.equal('granted');
    expect(() => toBoltValue('2024-01-01', silent)).to.throw('asked');
    expect(() => toBoltValue(2, silent)).to.throw('asked');
  });

  it('doubts a local date and time, which comes cut to milliseconds', () => {
    expect(() => toBoltValue(new Date(0), typingOf(column('timestamp'), ALONE))).to.throw(UncertainType);
  });
});

describe('what a mark tells of a value', () => {
  function read(value: unknown, mark: TypeMark) {
    return toBoltValue(value, new MarkTyping(mark, shapeOf([value])));
  }

  it('is the type of a single value', () => {
    expect(read(2, 'i')).to.equal(2n);
    expect(read(2, 'f')).to.equal(2);
    expect(read('P1D', 't')).to.equal('P1D');
    expect(read('2024-01-02', '2024-01-02')).to.have.property('fields').that.deep.equals([19_724n]);
    expect(read(new Date(1), '1970-01-01T00:00:00.001002'))
      .to.have.property('fields')
      .that.deep.equals([0n, 1_002_000n]);
  });

  it('is the types of the parts, in lists and maps', () => {
    expect(read([1, 'a', 2], [null, ['i', 't', 'f'], [], null, null])).to.deep.equal([1n, 'a', 2]);
    expect(read({ b: 1, a: 1 }, [null, null, ['f', 'i'], null, null])).to.deep.equal(
      new Map<string, unknown>([
        ['b', 1],
        ['a', 1n],
      ]),
    );
  });

  it('is a doubt where it is missing, or is of another value', () => {
    expect(() => read(2, null)).to.throw(UncertainType);
    expect(() => read([1, 2], [null, ['i'], [], null, null])).to.throw(UncertainType);
    expect(() => read('2024-01-02', 'i')).to.throw(UncertainType);
  });
});
