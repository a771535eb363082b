import { SPAN_KINDS, type SpanKind, type SpanStatus } from '../../src/model/index.js';

/** Spans of a body that can never be accepted, for OTLP's partial success. */
export interface Refused {
  readonly count: number;
  /** Why, for the sender; empty when none was refused. */
  readonly message: string;
  /** The traces of the refused spans, each as often as it lost one; undefined for a span whose trace id was what was wrong. */
  readonly traceIds: readonly (string | undefined)[];
}

/** Counts refused spans and keeps the first few reasons. */
export class Refusals {
  #count = 0;
  readonly #reasons = new Set<string>();
  readonly #traceIds: (string | undefined)[] = [];

  add(reason: string, traceId: string): void {
    this.#traceIds.push(TRACE_ID.test(traceId) ? traceId : undefined);
    this.#count++;
    if (this.#reasons.size < 5) this.#reasons.add(reason);
  }

  result(): Refused {
    return { count: this.#count, message: [...this.#reasons].join('; '), traceIds: this.#traceIds };
  }
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const NO_PARENT = /^0*$/;

export interface RawIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

/** Why the span with these ids (lower-case hex) must be refused, or undefined. */
export function idProblem({ traceId, spanId, parentSpanId }: RawIds): string | undefined {
  if (!TRACE_ID.test(traceId)) return 'a trace id must be 16 bytes, not all zero';
  if (!SPAN_ID.test(spanId)) return 'a span id must be 8 bytes, not all zero';
  if (parentIdOf(parentSpanId) !== undefined && !SPAN_ID.test(parentSpanId)) return 'a parent span id must be 8 bytes';
  return undefined;
}

/** Some senders write the absence of a parent as zeros. */
export function parentIdOf(parentSpanId: string): string | undefined {
  return NO_PARENT.test(parentSpanId) ? undefined : parentSpanId;
}

/** Kinds beyond those known are `unspecified`: a newer sender must not be refused for them. */
export function spanKindOf(kind: number | undefined): SpanKind {
  return SPAN_KINDS[kind ?? 0] ?? 'unspecified';
}

const STATUS_CODES = ['unset', 'ok', 'error'] as const;

export function statusCodeOf(code: number | undefined): SpanStatus['code'] {
  return STATUS_CODES[code ?? 0] ?? 'unset';
}

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Undefined when the sender did not say. */
export function parentIsRemoteOf(flags: number): boolean | undefined {
  return flags & HAS_IS_REMOTE ? (flags & IS_REMOTE) !== 0 : undefined;
}
