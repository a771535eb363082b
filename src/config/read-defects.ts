import { z } from 'zod';
import type { ProblemList } from '../lib/problem-list.js';
import { exactly, unknownName } from '../lib/schema-problems.js';
import { type DefectChannel, FINDING_CODES, type PlantedDefect, UNKNOWN_REASONS } from '../model/index.js';

const text = z.string().min(1);

/** What a planted defect must lead to: `{ fail: CODE, step, service }` or `{ unknown: REASON, service }`. */
const defectSchema = exactly({
  fail: z.enum(FINDING_CODES).optional(),
  step: text.optional(),
  unknown: z.enum(UNKNOWN_REASONS).optional(),
  service: text.optional(),
});

/** How a scenario spells its planted defects. */
export const defectsSchema = exactly({
  baggage: text,
  known: z.record(text, defectSchema),
  pairs: z.array(exactly({ of: z.tuple([text, text]), hidden: z.array(text), because: text })).default([]),
});

export type DefectsShape = z.infer<typeof defectsSchema>;

/** What the shape alone cannot say: each defect leads to one thing, and pairs speak of known ones. */
export function checkDefects(defects: DefectsShape, problems: ProblemList): void {
  for (const [name, { fail, unknown }] of Object.entries(defects.known)) {
    if ((fail === undefined) === (unknown === undefined)) {
      problems.add(['defects', 'known', name], 'expected either "fail" with a finding or "unknown" with a reason');
    }
  }
  const known = Object.keys(defects.known);
  for (const [index, { of, hidden }] of defects.pairs.entries()) {
    checkNames(of, known, { path: [index, 'of'], problems });
    checkNames(hidden, of, { path: [index, 'hidden'], problems });
  }
}

function checkNames(
  names: readonly string[],
  known: readonly string[],
  { path, problems }: { readonly path: readonly (string | number)[]; readonly problems: ProblemList },
): void {
  for (const [index, name] of names.entries()) {
    if (!known.includes(name)) problems.add(['defects', 'pairs', ...path, index], unknownName('defect', name, known));
  }
}

export function asDefectChannel({ baggage, known, pairs }: DefectsShape): DefectChannel {
  return { baggage, known: Object.entries(known).map(([name, shape]) => asDefect(name, shape)), pairs };
}

function asDefect(name: string, { fail, step, unknown, service }: DefectsShape['known'][string]): PlantedDefect {
  return {
    name,
    verdict: fail === undefined ? 'unknown' : 'fail',
    finding: fail && { code: fail, step, service },
    reason: unknown && { code: unknown, service },
  };
}
