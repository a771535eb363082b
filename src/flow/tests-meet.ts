import { compilePattern } from '../lib/text-pattern.js';
import type { ValueConditions, ValueTest } from '../model/index.js';
import { patternsMeet } from './patterns-meet.js';

/** True when some value, or its absence, passes both tests; also where that cannot be told. */
export function testsMeet(a: ValueTest, b: ValueTest): boolean {
  const both = [conditionsOf(a), conditionsOf(b)];
  if (both.some(isOfAbsence)) return both.every(isOfAbsence);
  if (both.some(({ empty }) => empty === true) && both.some(({ empty }) => empty === false)) return false;
  const named = both.map(valuesOf).find((values) => values !== undefined);
  if (named) return named.some((value) => both.every((test) => passes(value, test)));
  if (both.some(isOfNumbers)) return !both.some(isOfTexts) && boundsMeet(both);
  const [like, other] = both.map((test) => test.like);
  return like === undefined || other === undefined || patternsMeet(like, other);
}

type Plain = string | number | boolean;

function conditionsOf(test: ValueTest): ValueConditions {
  return typeof test === 'object' ? test : { is: test };
}

function isOfAbsence({ present }: ValueConditions): boolean {
  return present === false;
}

/** The only values that can pass; undefined where there is no end of them. */
function valuesOf({ is, 'one-of': oneOf }: ValueConditions): readonly Plain[] | undefined {
  return is === undefined ? oneOf : [is];
}

function passes(value: Plain, test: ValueConditions): boolean {
  const { is = value, not, 'one-of': oneOf = [value], like, contains, empty } = test;
  if (value !== is || value === not || !oneOf.includes(value)) return false;
  if (isOfTexts(test) && typeof value !== 'string') return false;
  const text = String(value);
  if (like !== undefined && !compilePattern(like)(text)) return false;
  if (contains !== undefined && !text.includes(String(contains))) return false;
  if (empty === true && text !== '') return false;
  return !isOfNumbers(test) || (typeof value === 'number' && isWithin(value, test));
}

/** Lists and maps aside, which no value is that a file can name. */
function isOfTexts({ like, contains, empty }: ValueConditions): boolean {
  return like !== undefined || contains !== undefined || empty === true;
}

function isOfNumbers({ above, below, 'at-least': least, 'at-most': most }: ValueConditions): boolean {
  return [above, below, least, most].some((bound) => bound !== undefined);
}

function isWithin(value: number, test: ValueConditions): boolean {
  const { above = -Infinity, below = Infinity, 'at-least': least = -Infinity, 'at-most': most = Infinity } = test;
  return value > above && value >= least && value < below && value <= most;
}

function boundsMeet(tests: readonly ValueConditions[]): boolean {
  const low = Math.max(...tests.flatMap((test) => [test.above ?? -Infinity, test['at-least'] ?? -Infinity]));
  const high = Math.min(...tests.flatMap((test) => [test.below ?? Infinity, test['at-most'] ?? Infinity]));
  return low < high || (low === high && tests.every((test) => isWithin(low, test)));
}
