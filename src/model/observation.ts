import type { StoreFailure, StoreFailureKind } from './store-failure.js';

export const STORE_NAMES = ['neo4j', 'redis', 'kafka'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

/** One read that a probe is asked to do: an effect's query with its values filled in. */
export interface ProbeRequest {
  /** Name of the effect: the step that should have left it. */
  readonly effect: string;
  readonly query: ResolvedQuery;
}

export type ResolvedQuery =
  | { readonly store: 'neo4j'; readonly cypher: string; readonly parameters: Readonly<Record<string, StoredValue>> }
  | { readonly store: 'redis'; readonly key: string }
  | { readonly store: 'kafka'; readonly topic: string; readonly key: string; readonly consumedBy: readonly string[] };

/** A value as a store keeps it, in JSON terms; integers beyond 2^53 are bigint, bytes that are no UTF-8 are `{ base64 }`. */
export type StoredValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly StoredValue[]
  | { readonly [key: string]: StoredValue };

/** What a probe saw. `unreachable` is an answer too: nothing may be concluded from it but `unknown`. */
export type StoreObservation = ObservationRead | ObservationUnreachable;

export interface ObservationRead {
  readonly status: 'read';
  readonly effect: string;
  readonly query: ResolvedQuery;
  readonly server: ServerIdentity;
  readonly records: readonly StoredRecord[];
  /** The place that was asked for (a topic) does not exist: there are no records, and perhaps the name is wrong. */
  readonly missing?: StoreFailure;
  readonly observedAtUnixNano: bigint;
}

export interface ObservationUnreachable {
  readonly status: 'unreachable';
  readonly effect: string;
  readonly query: ResolvedQuery;
  readonly address: string;
  readonly kind: StoreFailureKind;
  /** What was seen, as the rest of a sentence that begins with the address. */
  readonly reason: string;
  readonly nextStep: string;
  readonly observedAtUnixNano: bigint;
}

export interface ServerIdentity {
  readonly store: StoreName;
  readonly address: string;
  /** "embedded" for our own servers; the product's name otherwise. */
  readonly product: string;
  readonly version: string;
}

export type StoredRecord = GraphRow | CacheEntry | LogMessage;

/** One row of a Cypher result. In CEL: `row`. */
export interface GraphRow {
  readonly store: 'neo4j';
  readonly row: Readonly<Record<string, StoredValue>>;
}

/** One key that exists. In CEL: `value`, `json` (when the value is JSON), `ttlMs` (-1: never expires), `type`. */
export interface CacheEntry {
  readonly store: 'redis';
  readonly key: string;
  readonly type: string;
  readonly value: StoredValue;
  readonly ttlMs: number;
}

/** One message. In CEL: `value`, `json` (when the value is JSON), `key`, `headers`, `partition`, `offset`. */
export interface LogMessage {
  readonly store: 'kafka';
  readonly topic: string;
  readonly partition: number;
  /** Decimal digits: offsets go beyond 2^53. */
  readonly offset: string;
  readonly key: string;
  /** Null: a tombstone, which says that the key is no more. An empty text is a value like any other. */
  readonly value: string | null;
  /** Without the propagation headers (traceparent, tracestate, baggage): they are the trace's, not the content. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where each group that must consume it stands. */
  readonly groups: readonly GroupPosition[];
}

export interface GroupPosition {
  readonly group: string;
  /** The offset the group would read next, or undefined when it never committed on this partition. */
  readonly committedOffset: string | undefined;
}
