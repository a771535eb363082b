import type { z } from 'zod';
import { parseDurationMs } from '../lib/duration.js';
import type { ProblemList } from '../lib/problem-list.js';
import { checkShape, show, unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';

/** What the parts of a flow file are read with: the names they may use, and where problems go. */
export interface FlowReading {
  readonly stepNames: readonly string[];
  readonly valueNames: readonly string[];
  readonly effectNames: readonly string[];
  readonly parameterNames: readonly string[];
  /** The parts under `flows`, as the file has them. */
  readonly parts: PlainMap;
  readonly problems: ProblemList;
}

export type PlainMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of a map; of anything else none, with a problem unless it is absent. */
export function entriesOf(
  value: unknown,
  path: DataPath,
  reading: FlowReading,
): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (isMap(value)) return Object.entries(value);
  reading.problems.add(path, `expected a map, got ${show(value)}`);
  return [];
}

export function read<T>(schema: z.ZodType<T>, data: unknown, path: DataPath, reading: FlowReading): T | undefined {
  return checkShape(schema, data, { path, problems: reading.problems });
}

/** True when the flow has the step; otherwise a problem at `path`. */
export function knowsStep(
  step: string,
  path: DataPath,
  reading: FlowReading,
  part: 'key' | 'value' = 'value',
): boolean {
  return knowsName('step', step, { known: reading.stepNames, path, reading, part });
}

export function knowsName(
  kind: string,
  word: string,
  options: {
    readonly known: readonly string[];
    readonly path: DataPath;
    readonly reading: FlowReading;
    readonly part?: 'key' | 'value';
  },
): boolean {
  if (options.known.includes(word)) return true;
  options.reading.problems.add(options.path, unknownName(kind, word, options.known), { part: options.part ?? 'value' });
  return false;
}

/** Milliseconds; 0 after a problem. */
export function durationAt(value: unknown, path: DataPath, reading: FlowReading): number {
  const ms = typeof value === 'string' ? parseDurationMs(value) : undefined;
  if (ms === undefined) reading.problems.add(path, `expected a duration like 300ms, 2s or PT2S, got ${show(value)}`);
  return ms ?? 0;
}
