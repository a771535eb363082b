import { type Attributes, type AttributeValue, SPAN_KINDS, type Span } from '../src/model/index.js';

/** Spans in OTLP's JSON form: `resourceSpans`, ids in hex, 64-bit integers as decimal text. */
export function toOtlpJson(spans: readonly Span[]): { readonly resourceSpans: readonly object[] } {
  const byResource = new Map<Attributes, Map<string, Span[]>>();
  for (const span of spans) {
    const scopes = byResource.get(span.resource) ?? new Map<string, Span[]>();
    byResource.set(span.resource, scopes);
    scopes.set(span.scopeName, [...(scopes.get(span.scopeName) ?? []), span]);
  }
  return {
    resourceSpans: [...byResource].map(([resource, scopes]) => ({
      resource: { attributes: keyValues(resource) },
      scopeSpans: [...scopes].map(([name, ofScope]) => ({ scope: { name }, spans: ofScope.map(jsonSpan) })),
    })),
  };
}

const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function jsonSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    ...(span.parentIsRemote === undefined ? {} : { flags: HAS_IS_REMOTE | (span.parentIsRemote ? IS_REMOTE : 0) }),
    name: span.name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: span.startUnixNano.toString(),
    endTimeUnixNano: span.endUnixNano.toString(),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      timeUnixNano: timeUnixNano.toString(),
      name,
      attributes: keyValues(attributes),
    })),
    links: span.links.map(({ traceId, spanId, traceState, attributes }) => ({
      traceId,
      spanId,
      traceState,
      attributes: keyValues(attributes),
    })),
    status: { code: STATUS_CODES[span.status.code], message: span.status.message },
  };
}

function keyValues(attributes: Attributes): readonly object[] {
  return [...attributes.entries()].map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: value.toString() };
  if (typeof value === 'number') return numberValue(value);
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isList(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: Object.entries(value).map(([key, item]) => ({ key, value: anyValue(item) })) } };
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

/** A double without fraction reads as an integer: JavaScript does not tell them apart. JSON has no word for the rest. */
function numberValue(value: number): object {
  if (Number.isSafeInteger(value)) return { intValue: value.toString() };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}
