import { CommandError } from './command-error.js';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const INTEGER_FORM = /^(?:0|-?[1-9]\d{0,18})$/;
const FLOAT_FORM = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;

export const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';

export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** The integer that Redis reads from the text, or undefined: no sign +, no leading zeros, no blanks, 64 bits. */
export function parseInteger(text: string): bigint | undefined {
  if (!INTEGER_FORM.test(text)) return undefined;
  const value = BigInt(text);
  return isInt64(value) ? value : undefined;
}

/** An integer argument. Throws the error reply that Redis gives for anything else. */
export function integerArgument(text: string | undefined, complaint: string = NOT_AN_INTEGER): bigint {
  const value = text === undefined ? undefined : parseInteger(text);
  if (value === undefined) throw new CommandError(complaint);
  return value;
}

/** An index or count argument, clamped to what a JavaScript number holds exactly. */
export function indexArgument(text: string | undefined): number {
  const value = integerArgument(text);
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

/** A float as Redis reads it (`inf` included), or undefined. */
export function parseFloatStrictly(text: string): number | undefined {
  if (!FLOAT_FORM.test(text)) return undefined;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** A score as Redis 7.0 prints it: seventeen significant digits, trailing zeros cut (`printf("%.17g")`). */
export function formatScore(score: number): string {
  if (score === Number.POSITIVE_INFINITY) return 'inf';
  if (score === Number.NEGATIVE_INFINITY) return '-inf';
  if (Object.is(score, -0)) return '-0';
  if (score === 0) return '0';
  const [digits = '', exponentText = '0'] = score.toExponential(16).split('e');
  const exponent = Number(exponentText);
  if (exponent >= 17 || exponent < -4) return `${cutZeros(digits)}e${signedExponent(exponent)}`;
  return cutZeros(score.toFixed(Math.min(100, 16 - exponent)));
}

function cutZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function signedExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
