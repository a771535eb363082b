import type { Effect, JudgeableRequest, ObservationRead, StoredRecord, StoreObservation } from '../../model/index.js';
import type { Subject } from './subject.js';

/** The store holds nothing of the effect. */
export function forget(subject: Subject, effect: Effect): JudgeableRequest {
  return withRecords(subject, effect, () => []);
}

/** The store holds the effect's last record twice. */
export function repeatEffect(subject: Subject, effect: Effect): JudgeableRequest {
  return withRecords(subject, effect, (records) => [...records, ...records.slice(-1).map(anew)]);
}

/** True if the store was read and shows the effect. */
export function isShown({ observations }: JudgeableRequest, effect: Effect): boolean {
  return observations.some((each) => isOf(each, effect) && each.records.length > 0);
}

function withRecords(
  { request, observations }: JudgeableRequest,
  effect: Effect,
  change: (records: readonly StoredRecord[]) => readonly StoredRecord[],
): JudgeableRequest {
  const changed = observations.map((each) => (isOf(each, effect) ? { ...each, records: change(each.records) } : each));
  return { request, observations: changed };
}

function isOf(observation: StoreObservation, { step, query }: Effect): observation is ObservationRead {
  return observation.status === 'read' && observation.effect === step && observation.query.store === query.store;
}

/** A message has an offset of its own, and is consumed like the one before. */
function anew(record: StoredRecord): StoredRecord {
  if (record.store !== 'kafka') return record;
  const next = BigInt(record.offset) + 1n;
  const groups = record.groups.map(({ group }) => ({ group, committedOffset: String(next + 1n) }));
  return { ...record, offset: String(next), groups };
}
