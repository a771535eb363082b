import type { Accounting, AssembledRequest, Attributes, AttributeValue, Span } from '../../model/index.js';

/** The request with other spans, its accounts true of them: what is left out never happened, so that nobody counted it. */
export function withSpans(request: AssembledRequest, spans: readonly Span[]): AssembledRequest {
  const sorted = [...spans].sort(byStart);
  const held = new Set(sorted.map(({ spanId }) => spanId));
  return {
    ...request,
    spans: sorted,
    traceIds: [...new Set(sorted.map(({ traceId }) => traceId))],
    accounting: accountsOf(request, { before: request.spans, after: sorted, held }),
  };
}

function byStart(a: Span, b: Span): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  return a.spanId < b.spanId ? -1 : 1;
}

function accountsOf(
  { accounting }: AssembledRequest,
  {
    before,
    after,
    held,
  }: { readonly before: readonly Span[]; readonly after: readonly Span[]; readonly held: ReadonlySet<string> },
): Accounting {
  const processes = accounting.processes.map((process) => {
    const own = ({ resource }: Span): boolean => resource.get('service.instance.id') === process.instanceId;
    const more = after.filter(own).length - before.filter(own).length;
    const spansCounted = process.spansCounted === undefined ? undefined : process.spansCounted + more;
    return { ...process, spansHeld: process.spansHeld + more, spansCounted };
  });
  return {
    processes,
    unsettled: accounting.unsettled.filter(({ spanId }) => held.has(spanId)),
    missingParents: accounting.missingParents.filter(({ spanId }) => held.has(spanId)),
  };
}

/** Attributes of which some have another value; null takes one away. */
export function withAttributes(attributes: Attributes, changes: Readonly<Record<string, AttributeValue>>): Attributes {
  const values = new Map<string, AttributeValue>();
  for (const [key, value] of attributes.entries()) if (!values.has(key)) values.set(key, value);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) values.delete(key);
    else values.set(key, value);
  }
  return { get: (key) => values.get(key), entries: () => values };
}
