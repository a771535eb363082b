import { BoltStructure, VALUE_TAGS } from './bolt-value.js';
import { unsupported } from './failure.js';

/**
 * Temporal values between the wire's tuples and the engine's texts.
 *
 * The engine keeps dates and times to the microsecond and knows no named zones: a value with more than that is refused, not
 * cut. Times of day and durations it keeps to the nanosecond.
 */

const NANOS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400n;
const MAX_INT64 = 2n ** 63n - 1n;

function parts(value: BoltStructure, count: number): readonly bigint[] {
  const fields = value.fields.filter((field) => typeof field === 'bigint');
  if (fields.length !== count || value.fields.length !== count) throw unsupported('A temporal value of this form');
  return fields;
}

/** Date and time with an offset (fields: UTC seconds, nanoseconds, offset in seconds) as ISO 8601. */
export function dateTimeText(value: BoltStructure): string {
  const [seconds = 0n, nanos = 0n, offset = 0n] = parts(value, 3);
  return `${isoSeconds(seconds + offset)}${microseconds(nanos)}${offsetText(offset)}`;
}

/** Date and time of no zone (fields: seconds, nanoseconds) as ISO 8601. */
export function localDateTimeText(value: BoltStructure): string {
  const [seconds = 0n, nanos = 0n] = parts(value, 2);
  return `${isoSeconds(seconds)}${microseconds(nanos)}`;
}

/** Days since the epoch as ISO 8601. */
export function dateText(value: BoltStructure): string {
  const [days = 0n] = parts(value, 1);
  return isoDate(days * SECONDS_PER_DAY);
}

/** Nanoseconds of the day and offset in seconds as ISO 8601. */
export function timeText(value: BoltStructure): string {
  const [nanos = 0n, offset = 0n] = parts(value, 2);
  return `${dayTime(nanos)}${offsetText(offset)}`;
}

/** Nanoseconds of the day as ISO 8601. */
export function localTimeText(value: BoltStructure): string {
  const [nanos = 0n] = parts(value, 1);
  return dayTime(nanos);
}

/** The parts that the engine makes a duration of. */
export interface DurationParts {
  readonly months: bigint;
  readonly days: bigint;
  readonly seconds: bigint;
  readonly nanoseconds: bigint;
}

/** The engine counts seconds and nanoseconds as one number of 64 bits, and would wrap around. */
export function durationParts(value: BoltStructure): DurationParts {
  const [months = 0n, days = 0n, seconds = 0n, nanoseconds = 0n] = parts(value, 4);
  const total = seconds * NANOS_PER_SECOND + nanoseconds;
  if (total > MAX_INT64 || total < -MAX_INT64) throw unsupported('A duration of more than 292 years in seconds');
  return { months, days, seconds, nanoseconds };
}

function isoDate(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw unsupported('A date more than 270,000 years from now');
  return `${yearText(date.getUTCFullYear())}${date.toISOString().slice(-20, -14)}`;
}

function yearText(year: number): string {
  const digits = String(Math.abs(year)).padStart(4, '0');
  if (year < 0) return `-${digits}`;
  return year > 9999 ? `+${digits}` : digits;
}

function isoSeconds(seconds: bigint): string {
  return `${isoDate(seconds)}T${clockText(floorMod(seconds, SECONDS_PER_DAY))}`;
}

function floorMod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

function clockText(seconds: bigint): string {
  return [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0')).join(':');
}

function dayTime(nanos: bigint): string {
  const fraction = nanos % NANOS_PER_SECOND;
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0')}`;
  return `${clockText(nanos / NANOS_PER_SECOND)}${digits}`;
}

function microseconds(nanos: bigint): string {
  if (nanos % 1000n !== 0n) throw unsupported('A date and time more precise than microseconds');
  return nanos === 0n ? '' : `.${String(nanos / 1000n).padStart(6, '0')}`;
}

function offsetText(offset: bigint): string {
  if (offset % 60n !== 0n) throw unsupported('An offset with seconds');
  if (offset === 0n) return 'Z';
  const clock = clockText(offset < 0n ? -offset : offset).slice(0, 5);
  return `${offset < 0n ? '-' : '+'}${clock}`;
}

const DATE = /^([+-]?\d{3,6})-(\d\d)-(\d\d)$/;
const CLOCK = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

export function readDate(text: string): BoltStructure {
  return new BoltStructure(VALUE_TAGS.date, [epochDays(text)]);
}

/** A time with or without an offset. */
export function readTime(text: string): BoltStructure {
  const { nanos, offset } = readClock(text);
  return offset === undefined
    ? new BoltStructure(VALUE_TAGS.localTime, [nanos])
    : new BoltStructure(VALUE_TAGS.time, [nanos, offset]);
}

/** A date and time with or without an offset. */
export function readDateTime(text: string): BoltStructure {
  const [date = '', clock = ''] = text.split('T');
  const { nanos, offset } = readClock(clock);
  const local = epochDays(date) * SECONDS_PER_DAY + nanos / NANOS_PER_SECOND;
  const fraction = nanos % NANOS_PER_SECOND;
  return offset === undefined
    ? new BoltStructure(VALUE_TAGS.localDateTime, [local, fraction])
    : new BoltStructure(VALUE_TAGS.dateTime, [local - offset, fraction, offset]);
}

/** Any temporal value, told by its form. */
export function readTemporal(text: string): BoltStructure {
  if (text.includes('P')) return readDuration(text);
  if (text.includes('T')) return readDateTime(text);
  return text.includes(':') ? readTime(text) : readDate(text);
}

function epochDays(text: string): bigint {
  const match = DATE.exec(text);
  if (!match) throw unsupported(`The date ${text}`);
  const [, year = '', month = '', day = ''] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return BigInt(date.getTime()) / (SECONDS_PER_DAY * 1000n);
}

function readClock(text: string): { readonly nanos: bigint; readonly offset: bigint | undefined } {
  const match = CLOCK.exec(text);
  if (!match) throw unsupported(`The time ${text}`);
  const [, hours = '', minutes = '', seconds = '', digits = '', zone] = match;
  const total = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  const nanos = total * NANOS_PER_SECOND + BigInt(digits.padEnd(9, '0'));
  return { nanos, offset: zone === undefined ? undefined : readOffset(zone) };
}

function readOffset(zone: string): bigint {
  if (zone === 'Z') return 0n;
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':');
  const seconds = BigInt(hours) * 3600n + BigInt(minutes) * 60n;
  return zone.startsWith('-') ? -seconds : seconds;
}

const DURATION =
  /^(-)?P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+)(?:\.(-?\d{1,9}))?S)?)?$/;

export function readDuration(text: string): BoltStructure {
  const match = DURATION.exec(text);
  if (!match) throw unsupported(`The duration ${text}`);
  const sign = match[1] === '-' ? -1n : 1n;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(2, 9).map((part) => BigInt(part ?? 0));
  const allMonths = (years ?? 0n) * 12n + (months ?? 0n);
  const allDays = (weeks ?? 0n) * 7n + (days ?? 0n);
  const allSeconds = (hours ?? 0n) * 3600n + (minutes ?? 0n) * 60n + (seconds ?? 0n);
  const nanos = sign * (allSeconds * NANOS_PER_SECOND + readFraction(match[9] ?? '', text));
  const fraction = floorMod(nanos, NANOS_PER_SECOND);
  const fields = [sign * allMonths, sign * allDays, (nanos - fraction) / NANOS_PER_SECOND, fraction];
  return new BoltStructure(VALUE_TAGS.duration, fields);
}

/**
 * The engine writes a negative fraction in nine places, its sign being one of them where there is room, and then leaves out
 * zeros at the end: `-05` is -50,000,000 ns for sure, `-5` could be -500,000,000 or -50,000,000.
 */
function readFraction(digits: string, text: string): bigint {
  if (!digits.startsWith('-')) return BigInt(digits.padEnd(9, '0'));
  const places = digits.slice(1);
  if (places.startsWith('0')) return -BigInt(places.padEnd(8, '0'));
  if (places.length === 9) return -BigInt(places);
  throw unsupported(`The duration ${text}, whose parts have different signs,`);
}
