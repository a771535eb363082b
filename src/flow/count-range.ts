import { show } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import type { CountRange } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

const RANGE = /^(\d{1,6})(?:\.\.(\d{1,6}|\*))?$/;

/** `5`, `3..5`, `2..*`, `*` (any number) or `+` (one or more); undefined for anything else. */
export function countRange(times: string | number): CountRange | undefined {
  const text = String(times).replaceAll(' ', '');
  if (text === '*') return { min: 0, max: null };
  if (text === '+') return { min: 1, max: null };
  const match = RANGE.exec(text);
  if (!match) return undefined;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[2] === '*' ? null : Number(match[2]);
  return max === 0 ? undefined : { min, max };
}

/** The range at `path`; undefined after a problem. */
export function rangeAt(times: string | number, path: DataPath, reading: FlowReading): CountRange | undefined {
  const range = countRange(times);
  if (!range) {
    reading.problems.add(path, `expected times like 5, 3..5, 2..*, "*" or "+", got ${show(times)}`);
  } else if (range.max !== null && range.min > range.max) {
    reading.problems.add(path, `the least of times, ${range.min}, is more than the most, ${range.max}`);
  }
  return range;
}
