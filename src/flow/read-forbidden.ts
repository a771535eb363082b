import { show } from '../lib/schema-problems.js';
import type { ForbiddenAttribute } from '../model/index.js';
import { type FlowReading, read } from './flow-reading.js';
import { forbiddenSchema } from './flow-schema.js';
import { checkPattern } from './read-steps.js';

/** A list of patterns for names, or of maps with patterns for name and value. */
export function readForbidden(data: unknown, reading: FlowReading): readonly ForbiddenAttribute[] {
  if (data === undefined) return [];
  const path = ['forbidden-attributes'];
  if (!Array.isArray(data)) {
    reading.problems.add(path, `expected a list of patterns, got ${show(data)}`);
    return [];
  }
  return data.flatMap((entry: unknown, index) => {
    const place = [...path, index];
    const given = typeof entry === 'string' ? { name: entry } : read(forbiddenSchema, entry, place, reading);
    if (!given) return [];
    const { name, value, service } = given as ForbiddenAttribute;
    if (name === undefined && value === undefined) reading.problems.add(place, 'expected "name" or "value"');
    checkPattern(name, typeof entry === 'string' ? place : [...place, 'name'], reading);
    checkPattern(value, [...place, 'value'], reading);
    return [
      {
        ...(name === undefined ? {} : { name }),
        ...(value === undefined ? {} : { value }),
        ...(service === undefined ? {} : { service }),
      },
    ];
  });
}
