import type { LeaseRule, StoredRecord } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import { recordNames } from './record-names.js';

/** One grant of a resource, as its store holds it. */
export interface Grant {
  readonly record: StoredRecord;
  /** True for a grant to the request that is judged. */
  readonly ours: boolean;
  readonly fromMs: number;
  /** Infinity for an end that is still to come. */
  readonly untilMs: number;
}

/** The grant that a record is by a lease rule, or what of it cannot be worked out. */
export function readGrant(
  record: StoredRecord,
  { ours, from, until }: LeaseRule,
  ask: Evaluate,
): Grant | { readonly problem: string } {
  const names = recordNames(record);
  const answers = [ours, from, until].map((text) => ask(text, names));
  const failed = answers.findIndex((answer) => 'error' in answer);
  if (failed >= 0)
    return { problem: `${[ours, from, until][failed]}: ${(answers[failed] as { error: string }).error}` };
  const [isOurs, begin, end] = answers.map((answer) => ('value' in answer ? answer.value : undefined));
  const [fromMs, untilMs] = [timeMs(begin), end === null ? Infinity : timeMs(end)];
  if (typeof isOurs !== 'boolean') return { problem: `${ours} is neither true nor false` };
  if (fromMs === undefined) return { problem: `${from} is no time: ${String(begin)}` };
  if (untilMs === undefined) return { problem: `${until} is no time: ${String(end)}` };
  return { record, ours: isOurs, fromMs, untilMs };
}

/** Milliseconds since 1970, of a number that counts them or of ISO 8601 text. */
function timeMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'bigint' ? Number(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : undefined;
}
