import { expect } from 'chai';
import { BoltStructure, VALUE_TAGS } from '../../../src/embedded/bolt/bolt-value.js';
import {
  dateText,
  dateTimeText,
  localDateTimeText,
  localTimeText,
  readTemporal,
  timeText,
} from '../../../src/embedded/bolt/temporal-text.js';

const { date, dateTime, duration, localDateTime, localTime, time } = VALUE_TAGS;

describe('temporal values as texts', () => {
  const alike: readonly (readonly [string, (value: BoltStructure) => string, BoltStructure])[] = [
    ['2024-02-29', dateText, new BoltStructure(date, [19_782n])],
    ['1969-12-31', dateText, new BoltStructure(date, [-1n])],
    ['0001-01-01', dateText, new BoltStructure(date, [-719_162n])],
    ['-0005-01-01', dateText, new BoltStructure(date, [-721_354n])],
    ['+12024-01-01', dateText, new BoltStructure(date, [3_672_148n])],
    ['01:02:03.000000004', localTimeText, new BoltStructure(localTime, [3_723_000_000_004n])],
    ['23:59:59.999999999-05:30', timeText, new BoltStructure(time, [86_399_999_999_999n, -19_800n])],
    ['01:02:03Z', timeText, new BoltStructure(time, [3_723_000_000_000n, 0n])],
    ['1969-12-31T23:59:59.000001', localDateTimeText, new BoltStructure(localDateTime, [-1n, 1_000n])],
    [
      '2023-11-14T20:43:20.120000-01:30',
      dateTimeText,
      new BoltStructure(dateTime, [1_700_000_000n, 120_000_000n, -5_400n]),
    ],
  ];
  for (const [text, write, value] of alike) {
    it(`are written and read: ${text}`, () => {
      expect(write(value)).to.equal(text);
      expect(readTemporal(text)).to.deep.equal(value);
    });
  }

  it('are read with years as the engine writes them', () => {
    expect(readTemporal('12024-01-01')).to.deep.equal(readTemporal('+12024-01-01'));
    expect(readTemporal('-005-01-01T00:00:00')).to.deep.equal(readTemporal('-0005-01-01T00:00:00'));
  });

  const durations: readonly (readonly [string, readonly bigint[]])[] = [
    ['P1Y2M3DT4.5S', [14n, 3n, 4n, 500_000_000n]],
    ['PT2562047H47M16S', [0n, 0n, 9_223_372_036n, 0n]],
    ['-P1M', [-1n, 0n, 0n, 0n]],
    ['-P1Y1M1DT1S', [-13n, -1n, -1n, 0n]],
    ['-PT0.000000001S', [0n, 0n, -1n, 999_999_999n]],
    ['P-1Y-2M3DT-3.-00000001S', [-14n, 3n, -4n, 999_999_999n]],
    ['P1M-2DT-2.-999999995S', [1n, -2n, -3n, 5n]],
    ['P1MT0.-05S', [1n, 0n, -1n, 995_000_000n]],
    ['P1DT-1H-1M-1S', [0n, 1n, -3_661n, 0n]],
  ];
  for (const [text, fields] of durations) {
    it(`are read: ${text}`, () => {
      expect(readTemporal(text)).to.deep.equal(new BoltStructure(duration, fields));
    });
  }

  const doubtful: readonly string[] = ['P1MT0.-5S', 'P1X', '2024-1-1', '25', '10:00', '2024-01-01Tnoon'];
  for (const text of doubtful) {
    it(`are refused: ${text}`, () => {
      expect(() => readTemporal(text)).to.throw('not supported');
    });
  }
});
