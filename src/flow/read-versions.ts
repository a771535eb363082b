import type { VersionRule } from '../model/index.js';
import { checkExpression, OCCURRENCE_NAMES } from './check-expression.js';
import { entriesOf, type FlowReading, knowsStep, read } from './flow-reading.js';
import { versionSchema } from './flow-schema.js';

/** `versions`: things by name, each with the steps that write and read it and where they tell its version. */
export function readVersions(data: unknown, reading: FlowReading): readonly VersionRule[] {
  return entriesOf(data, ['versions'], reading).flatMap(([name, rule]) => readVersion(name, rule, reading) ?? []);
}

function readVersion(name: string, data: unknown, reading: FlowReading): VersionRule | undefined {
  const path = ['versions', name];
  const parts = read(versionSchema, data, path, reading);
  if (!parts) return undefined;
  const { version, key } = parts;
  const [writtenBy, readBy] = [[parts['written-by']].flat(), [parts['read-by']].flat()];
  for (const step of writtenBy) knowsStep(step, [...path, 'written-by'], reading);
  for (const step of readBy) knowsStep(step, [...path, 'read-by'], reading);
  const names = { roots: [...OCCURRENCE_NAMES, 'steps', 'values', 'params'], values: reading.valueNames };
  checkExpression(version, [...path, 'version'], names, reading);
  if (key !== undefined) checkExpression(key, [...path, 'key'], names, reading);
  return { name, writtenBy, readBy, version, key };
}
