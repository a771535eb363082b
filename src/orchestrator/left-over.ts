import { TracecourtError } from '../errors.js';
import { toExactJson } from '../lib/json.js';
import type { ObservationRead, StoredRecord, StoreObservation, Verdict, WorkflowTrace } from '../model/index.js';
import { worseOutcome } from '../model/index.js';

/** What the requests before one were seen to have in the stores, by what was asked. */
export interface EarlierEffects {
  /** What was last seen in answer to the very same question. */
  lastSeen(question: string): ObservationRead | undefined;
  /** These, and those that the stores showed of one more request. */
  and(observations: readonly StoreObservation[]): EarlierEffects;
}

interface Seen {
  readonly request: number;
  readonly observation: ObservationRead;
}

/**
 * All that come one after the other share one list, of which each sees what was there before it: a long run would copy it for
 * every request.
 */
class EffectsSoFar implements EarlierEffects {
  readonly #seen: Map<string, Seen[]>;
  readonly #requests: number;
  #hasSuccessor = false;

  constructor(seen: Map<string, Seen[]>, requests: number) {
    this.#seen = seen;
    this.#requests = requests;
  }

  lastSeen(question: string): ObservationRead | undefined {
    return this.#seen.get(question)?.findLast(({ request }) => request < this.#requests)?.observation;
  }

  and(observations: readonly StoreObservation[]): EarlierEffects {
    if (this.#hasSuccessor) throw new TracecourtError('defect', 'Requests of a run follow each other in one line.');
    this.#hasSuccessor = true;
    for (const observation of observations) {
      if (observation.status !== 'read' || observation.records.length === 0) continue;
      const question = questionOf(observation);
      const seen = this.#seen.get(question) ?? [];
      seen.push({ request: this.#requests, observation });
      this.#seen.set(question, seen);
    }
    return new EffectsSoFar(this.#seen, this.#requests + 1);
  }
}

/** What there is before the first request of a run. */
export const NOTHING_EARLIER: EarlierEffects = {
  lastSeen: () => undefined,
  and: (observations) => new EffectsSoFar(new Map(), 0).and(observations),
};

/**
 * An effect that is found just as an earlier request of the run left it proves nothing of this one: its step may have written
 * the same again, or nothing at all. That makes a pass unknown; an effect keyed by something of its own request never meets it.
 */
export function withLeftOvers(verdict: Verdict, { trace, observations, earlier }: LeftOverEvidence): Verdict {
  if (observations.length === 0) return verdict;
  const happened = new Set(trace.steps.map(({ stepName }) => stepName));
  const doubtful = observations.filter(
    (observation) =>
      happened.has(observation.effect) && isUnchanged(observation, earlier.lastSeen(questionOf(observation))),
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

function questionOf({ query }: StoreObservation): string {
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
