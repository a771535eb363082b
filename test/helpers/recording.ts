import { createHash } from 'node:crypto';
import { toOtlpJson } from '../../collectors/index.js';
import { parseLines, type TraceOptions, traceOf } from './evidence.js';

/**
 * Spans in the notation of `traceOf`, as an OpenTelemetry Collector's file exporter would write them: ids in hex, an export a line. `name` tells the
 * spans of one request from those of another.
 */
export function recording(
  lines: string,
  { name = '', ...options }: TraceOptions & { readonly name?: string } = {},
): string {
  const hex = (id: string, length: number): string =>
    createHash('sha256').update(`${name} ${id}`).digest('hex').slice(0, length);
  const ids = new Map(parseLines(lines).map(({ id }) => [id, hex(id, 16)]));
  const { spans } = traceOf(lines, options);
  return spans
    .map((span) => ({
      ...span,
      traceId: hex('trace', 32),
      spanId: ids.get(span.spanId)!,
      parentSpanId: span.parentSpanId === undefined ? undefined : ids.get(span.parentSpanId),
    }))
    .map((span) => `${JSON.stringify(toOtlpJson([span]))}\n`)
    .join('');
}
