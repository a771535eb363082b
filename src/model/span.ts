/**
 * A span as the judging side sees it, whatever encoding it arrived in.
 *
 * Source: opentelemetry-proto 1.11, trace/v1/trace.proto. Ids are lower-case hex (trace 32, span 16 digits); times are
 * nanoseconds since the Unix epoch.
 */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent on a root. */
  readonly parentSpanId: string | undefined;
  /** The W3C tracestate the span was started under: `key=value,key=value`, or empty. */
  readonly traceState: string;
  /** True when the parent lives in another process; undefined when the sender did not say (OTLP flags, bits 8 and 9). */
  readonly parentIsRemote: boolean | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Attributes of the process that sent the span. The same object for all spans of one resource in a batch. */
  readonly resource: Attributes;
  readonly scopeName: string;
}

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

export interface SpanStatus {
  readonly code: 'unset' | 'ok' | 'error';
  readonly message: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
}

/** What an attribute can hold. Integers beyond 2^53 stay exact as bigint; bytes are Uint8Array. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/**
 * Attributes of a span, event, link or resource.
 *
 * An implementation MAY keep them encoded and decode one key when it is asked for: callers MUST NOT assume that `entries` is
 * cheap. Of a key that occurs twice, the first wins.
 */
export interface Attributes {
  /** What the first letters of keys may be that `get` answers to, in bits: see {@link initialOf}. Absent where nobody noted it. */
  readonly initials?: number;
  get(key: string): AttributeValue | undefined;
  entries(): Iterable<readonly [string, AttributeValue]>;
  /** The entries, and those that answer to a newer name too under that. Absent where none does. */
  byAnyName?(): Iterable<readonly [string, AttributeValue]>;
}

/** The bit of a key's first letter; some letters share one. Most keys that are asked for are not there, and this tells it without looking at any. */
export function initialOf(key: string): number {
  return 1 << (key.charCodeAt(0) & 31);
}

/** The bits of attributes of which nobody noted the initials. */
export const ANY_INITIAL = -1;

/** What attributes say, under every name that they answer to. */
export function entriesByAnyName(attributes: Attributes): Iterable<readonly [string, AttributeValue]> {
  return attributes.byAnyName?.() ?? attributes.entries();
}

/**
 * The spans of one export request. `span(i)` is a view, 0 ≤ i < length; it MAY be made on demand, and asking twice MAY give two
 * objects. The batch owns the bytes behind its views.
 */
export interface SpanBatch {
  readonly length: number;
  span(index: number): Span;
  /** Makes the same spans again, for who keeps many and looks at few of them twice. Absent where nothing is left to make them of. */
  readonly anew?: () => SpanBatch;
}
