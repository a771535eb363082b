import { toExactJson } from '../../lib/json.js';
import type {
  Effect,
  JudgeableRequest,
  ObservationRead,
  StoredRecord,
  StoredValue,
  StoreObservation,
} from '../../model/index.js';
import { another, fieldsOf } from './another-value.js';
import type { Subject } from './subject.js';

/** The store holds nothing of the effect. */
export function forget(subject: Subject, effect: Effect): JudgeableRequest {
  return withRecords(subject, effect, () => []);
}

/** The store holds the effect's last record twice. */
export function repeatEffect(subject: Subject, effect: Effect): JudgeableRequest {
  return withRecords(subject, effect, (records) => [...records, ...records.slice(-1).map(anew)]);
}

/** The fields of what the store holds of the effect that can have another value. */
export function fieldsOfRecords({ observations }: JudgeableRequest, effect: Effect): readonly string[] {
  const records = observations.flatMap((each) => (isOf(each, effect) ? each.records : []));
  return [...new Set(records.flatMap((record) => Object.keys(contentOf(record)?.values ?? {})))].sort();
}

/** The store holds another value in one field of each of the effect's records. */
export function changeRecord(
  subject: Subject,
  { effect, field }: { readonly effect: Effect; readonly field: string },
): JudgeableRequest {
  return withRecords(subject, effect, (records) => records.map((record) => withOther(record, field)));
}

/** What a record says: a row, or the JSON that a cache entry or a message holds. */
function contentOf(record: StoredRecord): ReturnType<typeof fieldsOf> {
  return fieldsOf(record.store === 'neo4j' ? record.row : record.value);
}

function withOther(record: StoredRecord, field: string): StoredRecord {
  const content = contentOf(record);
  const value = content?.values[field];
  if (!content || value === undefined) return record;
  // What a store holds is no bytes, and another value of its kind neither.
  const values = { ...content.values, [field]: another(value) } as Readonly<Record<string, StoredValue>>;
  if (record.store === 'neo4j') return { ...record, row: values };
  return record.store === 'kafka'
    ? { ...record, value: toExactJson(values) }
    : { ...record, value: content.asText ? toExactJson(values) : values };
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
