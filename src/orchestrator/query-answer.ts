/**
 * The OTLP trace export in what a trace store answers about one trace; undefined in anything else. Jaeger's v3 API wraps it in `result`; Tempo calls it `batches`, or wraps it in `trace`, writes ids
 * in base64 and kinds and statuses by name.
 */
export function exportIn(answer: unknown): { readonly resourceSpans: readonly unknown[] } | undefined {
  if (!isRecord(answer)) return undefined;
  const { result, trace, batches, resourceSpans } = answer;
  const inner = isRecord(result) ? result : isRecord(trace) ? trace : undefined;
  if (inner) return exportIn(inner);
  const spans = resourceSpans ?? batches;
  return Array.isArray(spans) ? { resourceSpans: spans.map(asOtlp) } : undefined;
}

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`);

/** Attributes are left as they are: they are nobody's ids, kinds or codes. */
function asOtlp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asOtlp);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, field]) => [
    key,
    key === 'attributes' ? field : fieldAsOtlp(key, field),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function fieldAsOtlp(key: string, field: unknown): unknown {
  if (typeof field !== 'string') return asOtlp(field);
  if (IDS.has(key)) return hexOf(field);
  if (key === 'kind' && KINDS.includes(field)) return KINDS.indexOf(field);
  return key === 'code' && CODES.includes(field) ? CODES.indexOf(field) : field;
}

/** An id has 16 or 32 hex digits; eight or sixteen bytes in base64 have 12 or 24 characters. */
function hexOf(id: string): string {
  return /^(.{11}=|.{22}==)$/.test(id) ? Buffer.from(id, 'base64').toString('hex') : id;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
