import { compilePattern } from '../src/lib/text-pattern.js';
import type { AttributeValue, ValueConditions, ValueTest } from '../src/model/index.js';

/** True of a value that passes; undefined is a value that is not there. */
export type Test = (value: AttributeValue | undefined) => boolean;

/** The test ready to be asked. A value that is absent passes none but `present: false`. */
export function compileTest(test: ValueTest): Test {
  if (typeof test !== 'object') return (value) => isSame(value, test);
  const tests = Object.entries(test).map(([name, asked]) => TESTS[name as keyof ValueConditions](asked as never));
  const mayBeAbsent = test.present === false;
  return (value) => (value !== undefined || mayBeAbsent) && tests.every((holds) => holds(value));
}

type Conditions = { readonly [K in keyof ValueConditions]-?: (asked: NonNullable<ValueConditions[K]>) => Test };

const TESTS: Conditions = {
  is: (asked) => (value) => isSame(value, asked),
  not: (asked) => (value) => !isSame(value, asked),
  'one-of': (asked) => (value) => asked.some((one) => isSame(value, one)),
  like: (pattern) => {
    const fits = compilePattern(pattern);
    return (value) => typeof value === 'string' && fits(value);
  },
  contains: (asked) => (value) => contains(value, asked),
  above: (bound) => (value) => isNumber(value) && value > bound,
  below: (bound) => (value) => isNumber(value) && value < bound,
  'at-least': (bound) => (value) => isNumber(value) && value >= bound,
  'at-most': (bound) => (value) => isNumber(value) && value <= bound,
  present: (asked) => (value) => (value !== undefined) === asked,
  empty: (asked) => (value) => isEmpty(value) === asked,
};

function isSame(value: AttributeValue | undefined, expected: string | number | boolean): boolean {
  if (typeof value !== 'bigint' || typeof expected !== 'number') return value === expected;
  return Number.isInteger(expected) && value === BigInt(expected);
}

function isNumber(value: AttributeValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function contains(value: AttributeValue | undefined, asked: string | number | boolean): boolean {
  if (typeof value === 'string') return typeof asked === 'string' && value.includes(asked);
  return Array.isArray(value) && value.some((item: AttributeValue) => isSame(item, asked));
}

function isEmpty(value: AttributeValue | undefined): boolean {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
