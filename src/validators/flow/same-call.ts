import type { Span } from '../../model/index.js';
import { storeSystemOf, textOf } from './span-index.js';

/** What a call to a store speaks to and of, beside its system, name and words. */
const TARGET = [
  'db.namespace',
  'db.collection.name',
  'db.operation.name',
  'db.operation.batch.size',
  'messaging.destination.name',
  'messaging.destination.partition.id',
  'messaging.kafka.message.key',
  'messaging.message.id',
];
const PARAMETER = 'db.query.parameter.';

/** True if the second call asks the same of the same store as the first: as a call does that is made again. */
export function isSameCall(a: Span, b: Span): boolean {
  return (
    a.name === b.name &&
    storeSystemOf(a) === storeSystemOf(b) &&
    wordsOf(a) === wordsOf(b) &&
    TARGET.every((key) => a.attributes.get(key) === b.attributes.get(key)) &&
    parametersOf(a) === parametersOf(b)
  );
}

/** A statement as it was sent; of a Redis command what it does and its key, for the value may be a newer one. */
function wordsOf(span: Span): string | undefined {
  const text = textOf(span.attributes.get('db.query.text'));
  if (storeSystemOf(span) !== 'redis') return text;
  return text?.trim().split(/\s+/, 2).join(' ');
}

function parametersOf({ attributes }: Span): string {
  const own = [...attributes.entries()].filter(([key]) => key.startsWith(PARAMETER));
  return own
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(' ');
}
