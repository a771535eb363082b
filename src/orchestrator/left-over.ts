import { toExactJson } from '../lib/json.js';
import type { ObservationRead, StoredRecord, StoreObservation, Verdict, WorkflowTrace } from '../model/index.js';
import { worseOutcome } from '../model/index.js';

/** What earlier requests of the run were seen to have in the stores, by what was asked. */
export type EarlierEffects = ReadonlyMap<string, ObservationRead>;

export const NOTHING_EARLIER: EarlierEffects = new Map();

/** The earlier effects, and those that this request's stores showed. */
export function withEffects(earlier: EarlierEffects, observations: readonly StoreObservation[]): EarlierEffects {
  const all = new Map(earlier);
  for (const observation of observations) {
    if (observation.status === 'read' && observation.records.length > 0) all.set(question(observation), observation);
  }
  return all;
}

/**
 * An effect that is found just as an earlier request of the run left it proves nothing of this one: its step may have written
 * the same again, or nothing at all. That makes a pass unknown; an effect keyed by something of its own request never meets it.
 */
export function withLeftOvers(verdict: Verdict, { trace, observations, earlier }: LeftOverEvidence): Verdict {
  if (observations.length === 0) return verdict;
  const happened = new Set(trace.steps.map(({ stepName }) => stepName));
  const doubtful = observations.filter(
    (observation) => happened.has(observation.effect) && isUnchanged(observation, earlier.get(question(observation))),
  );
  if (doubtful.length === 0) return verdict;
  const reason = {
    code: 'undecided',
    about: 'effect',
    steps: doubtful.map(({ effect }) => effect),
    detail:
      'an earlier request of this run left the very same under the same key; key the effect by something of its own request',
  } as const;
  return { ...verdict, outcome: worseOutcome(verdict.outcome, 'unknown'), reasons: [...verdict.reasons, reason] };
}

export interface LeftOverEvidence {
  readonly trace: WorkflowTrace;
  readonly observations: readonly StoreObservation[];
  readonly earlier: EarlierEffects;
}

function question({ query }: StoreObservation): string {
  return toExactJson(query);
}

function isUnchanged(observation: StoreObservation, before: ObservationRead | undefined): boolean {
  if (before === undefined || observation.status !== 'read' || observation.records.length === 0) return false;
  const { records } = observation;
  return (
    records.length === before.records.length &&
    records.every((record, index) => isLeftOver(record, before.records[index]))
  );
}

/** A message has an offset of its own; a time to live that grew was set anew. */
function isLeftOver(record: StoredRecord, before: StoredRecord | undefined): boolean {
  if (record.store === 'kafka' || before === undefined) return false;
  if (record.store !== 'redis' || before.store !== 'redis') return toExactJson(record) === toExactJson(before);
  if (record.ttlMs > before.ttlMs) return false;
  return toExactJson({ ...record, ttlMs: 0 }) === toExactJson({ ...before, ttlMs: 0 });
}
