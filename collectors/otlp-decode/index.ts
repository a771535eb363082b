import type { Span, SpanBatch } from '../../src/model/index.js';
import type { Arrival } from '../span-source.js';
import { decodeJsonTraces } from './json-traces.js';
import { type DecodedSpans, decodeProtobufTraces } from './protobuf-traces.js';
import type { Refused } from './span-fields.js';

export type { Refused } from './span-fields.js';

export interface DecodedTraces {
  readonly batch: SpanBatch;
  readonly refused: Refused;
}

/**
 * The spans of one OTLP trace export.
 *
 * - Spans whose ids can never be accepted are left out and counted in `refused`; the others are in `batch`, in the body's order.
 * - The batch keeps `body` alive and MAY read from it later: the caller MUST NOT change it.
 * - Throws TracecourtError `undecodable-spans` when the body as a whole is no trace export.
 */
export function decodeTraces(body: Uint8Array, contentType: Arrival['contentType']): DecodedTraces {
  const { spans, refused } = decoded(body, contentType);
  const anew = (): SpanBatch => batchOf(decoded(body, contentType).spans);
  return { batch: { ...batchOf(spans), anew }, refused };
}

function decoded(body: Uint8Array, contentType: Arrival['contentType']): DecodedSpans {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return contentType === 'application/json' ? decodeJsonTraces(bytes) : decodeProtobufTraces(bytes);
}

/** A batch of spans that exist already. */
export function batchOf(spans: readonly Span[]): SpanBatch {
  return { length: spans.length, span: (index) => spanAt(spans, index) };
}

function spanAt(spans: readonly Span[], index: number): Span {
  const span = spans[index];
  if (!span) throw new RangeError(`There is no span ${index} in a batch of ${spans.length}.`);
  return span;
}
