import type { LogMessage, StoredRecord, StoredValue, StoreName } from '../model/index.js';

/** What a store is to a workflow. Who really answered (a product, or our embedded server) stands in its identity. */
export const STORE_WORDS: Readonly<Record<StoreName, string>> = {
  neo4j: 'the graph',
  redis: 'the cache',
  kafka: 'the event log',
};

export function storeWord(store: StoreName | undefined): string {
  return store === undefined ? 'the store' : STORE_WORDS[store];
}

/** `1 record`, `2 records`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

/** `0.04 ms`, `3.2 ms`, `31 ms`, `2.5 s`. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${trimmed(ms / 1_000, 2)} s`;
  return `${trimmed(ms, ms < 1 ? 2 : ms < 10 ? 1 : 0)} ms`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[], joint = 'and'): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')}${joint.startsWith(',') ? '' : ' '}${joint} ${words.at(-1)}`;
}

const LONGEST_VALUE = 160;

/** A record in one line, cut where it is long. */
export function recordLine(record: StoredRecord): string {
  switch (record.store) {
    case 'neo4j':
      return cut(plain(record.row));
    case 'redis':
      return cut(
        `${record.key} = ${plain(record.value)}${record.ttlMs >= 0 ? `, expires in ${duration(record.ttlMs)}` : ''}`,
      );
    case 'kafka':
      return cut(
        `${record.topic}[${record.partition}] offset ${record.offset}, key ${record.key}: ${valueWords(record)}`,
      );
    default:
      return record satisfies never;
  }
}

/** No value and an empty one look alike otherwise. */
function valueWords({ value }: LogMessage): string {
  if (value === null) return 'no value (a tombstone)';
  return value === '' ? 'an empty value' : value;
}

function plain(value: StoredValue): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}

function cut(text: string): string {
  const line = printable(text);
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE - 1)}…` : line;
}

/** Telemetry is hostile: nothing of it may move a terminal's cursor or break a line. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|\u2028|\u2029/gu, '\uFFFD');
}
