import { BoltStructure, VALUE_TAGS } from './bolt-value.js';
import { unsupported } from './failure.js';

/**
 * Temporal values between the wire's tuples and the engine's texts.
 *
 * The engine keeps microseconds; a value with nanoseconds beyond them is refused, not cut.
 */

const NANOS_PER_SECOND = 1_000_000_000n;
const MS_PER_DAY = 86_400_000n;

function parts(value: BoltStructure, count: number): readonly bigint[] {
  const fields = value.fields.filter((field) => typeof field === 'bigint');
  if (fields.length !== count || value.fields.length !== count) throw unsupported('A temporal value of this form');
  return fields;
}

/** Date and time with an offset (fields: UTC seconds, nanoseconds, offset in seconds) as ISO 8601. */
export function dateTimeText(value: BoltStructure): string {
  const [seconds = 0n, nanos = 0n, offset = 0n] = parts(value, 3);
  return `${isoSeconds(seconds + offset)}${fraction(nanos)}${offsetText(offset)}`;
}

/** Days since the epoch as ISO 8601. */
export function dateText(value: BoltStructure): string {
  const [days = 0n] = parts(value, 1);
  return isoSeconds((days * MS_PER_DAY) / 1000n).slice(0, 10);
}

/** Months, days, seconds and nanoseconds as ISO 8601. */
export function durationText(value: BoltStructure): string {
  const [months = 0n, days = 0n, seconds = 0n, nanos = 0n] = parts(value, 4);
  if (seconds < 0n || nanos < 0n) throw unsupported('A duration with negative seconds');
  return `P${months}M${days}DT${seconds}${fraction(nanos)}S`;
}

function isoSeconds(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  const year = Number.isNaN(date.getTime()) ? -1 : date.getUTCFullYear();
  if (year < 0 || year > 9999) throw unsupported('A date outside the years 0 to 9999');
  return date.toISOString().slice(0, 19);
}

function fraction(nanos: bigint): string {
  if (nanos % 1000n !== 0n) throw unsupported('A time more precise than microseconds');
  return nanos === 0n ? '' : `.${(nanos / 1000n).toString().padStart(6, '0')}`;
}

function offsetText(offset: bigint): string {
  if (offset % 60n !== 0n) throw unsupported('An offset with seconds');
  if (offset === 0n) return 'Z';
  const minutes = Number(offset < 0n ? -offset : offset) / 60;
  const text = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${offset < 0n ? '-' : '+'}${text}`;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T([\d:.]+)(Z|[+-]\d\d:\d\d)$/;
const DURATION =
  /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/;

export function readDate(text: string): BoltStructure {
  if (!DATE.test(text)) throw unsupported(`The date ${text}`);
  return new BoltStructure(VALUE_TAGS.date, [epochSeconds(text) / 86_400n]);
}

/** A time with or without an offset. */
export function readTime(text: string): BoltStructure {
  const match = TIME.exec(text);
  if (!match) throw unsupported(`The time ${text}`);
  const [, hours = '', minutes = '', seconds = '', digits = '', zone] = match;
  const total = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  const nanos = total * NANOS_PER_SECOND + readNanos(digits);
  if (zone === undefined) return new BoltStructure(VALUE_TAGS.localTime, [nanos]);
  return new BoltStructure(VALUE_TAGS.time, [nanos, readOffset(zone)]);
}

export function readDateTime(text: string): BoltStructure {
  const match = DATE_TIME.exec(text);
  if (!match) throw unsupported(`The date and time ${text}`);
  const [, date = '', time = '', zone = ''] = match;
  const [whole = '', digits = ''] = time.split('.');
  const offset = readOffset(zone);
  const seconds = epochSeconds(`${date}T${whole}Z`) - offset;
  return new BoltStructure(VALUE_TAGS.dateTime, [seconds, readNanos(digits), offset]);
}

export function readDuration(text: string): BoltStructure {
  const match = DURATION.exec(text);
  if (!match) throw unsupported(`The duration ${text}`);
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1, 8).map((part) => BigInt(part ?? 0));
  const allMonths = (years ?? 0n) * 12n + (months ?? 0n);
  const allDays = (weeks ?? 0n) * 7n + (days ?? 0n);
  const allSeconds = (hours ?? 0n) * 3600n + (minutes ?? 0n) * 60n + (seconds ?? 0n);
  return new BoltStructure(VALUE_TAGS.duration, [allMonths, allDays, allSeconds, readNanos(match[8] ?? '')]);
}

function epochSeconds(text: string): bigint {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw unsupported(`The date ${text}`);
  return BigInt(Math.floor(ms / 1000));
}

function readNanos(digits: string): bigint {
  return BigInt(digits.padEnd(9, '0'));
}

function readOffset(zone: string): bigint {
  if (zone === 'Z') return 0n;
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':');
  const seconds = BigInt(hours) * 3600n + BigInt(minutes) * 60n;
  return zone.startsWith('-') ? -seconds : seconds;
}
