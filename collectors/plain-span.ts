import type { Attributes, AttributeValue, Span, WorkflowTrace } from '../src/model/index.js';

/** A span as plain data: attributes are objects, the first value of a key counts. */
export interface PlainSpan extends Omit<Span, 'attributes' | 'resource' | 'events' | 'links'> {
  readonly attributes: PlainAttributes;
  readonly resource: PlainAttributes;
  readonly events: readonly {
    readonly name: string;
    readonly timeUnixNano: bigint;
    readonly attributes: PlainAttributes;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly attributes: PlainAttributes;
  }[];
}

export type PlainAttributes = Readonly<Record<string, AttributeValue>>;

/** Decodes everything of the span. The result has no prototype where keys come from outside. */
export function plainSpan(span: Span): PlainSpan {
  return {
    ...span,
    attributes: plainAttributes(span.attributes),
    resource: plainAttributes(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: plainAttributes(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: plainAttributes(link.attributes) })),
  };
}

export function plainAttributes(attributes: Attributes): PlainAttributes {
  const plain = Object.create(null) as Record<string, AttributeValue>;
  for (const [key, value] of attributes.entries()) if (!(key in plain)) plain[key] = value;
  return plain;
}

/** The whole trace as data that JSON can carry. */
export function plainTrace(
  trace: WorkflowTrace,
): Omit<WorkflowTrace, 'spans'> & { readonly spans: readonly PlainSpan[] } {
  return { ...trace, spans: trace.spans.map(plainSpan) };
}
