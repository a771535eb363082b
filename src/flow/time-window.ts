import type { DataPath } from '../lib/yaml-document.js';
import type { TimeWindow } from '../model/index.js';
import { durationAt, type FlowReading } from './flow-reading.js';

const RANGE = /^(.*?)\s*\.\.\s*(.*)$/;

/** `500ms`: at most that; `10ms..2s`: between the two; `10ms..*`: at least that. */
export function windowAt(text: string, path: DataPath, reading: FlowReading): TimeWindow {
  const range = RANGE.exec(text.trim());
  if (!range) return { limitMs: durationAt(text.trim(), path, reading) };
  const [, low = '', high = ''] = range;
  const leastMs = durationAt(low, path, reading);
  if (high === '*') return { leastMs };
  const limitMs = durationAt(high, path, reading);
  if (leastMs > limitMs) reading.problems.add(path, `the least time, ${low}, is more than the most, ${high}`);
  return { leastMs, limitMs };
}
