import { nanosToMs } from '../../lib/clock.js';
import { LookedUp } from '../../lib/expression-values.js';
import { lazily } from '../../lib/lazily.js';
import { type Attributes, entriesByAnyName, nameInExpressions, type Span } from '../../model/index.js';
import { recordNames } from '../store/record-names.js';
import type { Subject } from '../subject.js';
import { serviceOf } from './span-index.js';

/**
 * What invariants may speak of: `steps`, `values` and `params` as everywhere; `spans`, each span of the request; `stores`, the records of each effect that was
 * read; `request`. A store that did not answer is absent, so that what speaks of it cannot be worked out.
 */
export function invariantScope(subject: Subject): Readonly<Record<string, unknown>> {
  const { trace, evidence, effects } = subject;
  return lazily(
    { ...evidence.scope },
    {
      spans: () => trace.spans.map((span) => inScope(span, subject)),
      stores: () => storesInScope(effects),
      request: () => requestInScope(trace),
    },
  );
}

function storesInScope(effects: Subject['effects']): Readonly<Record<string, unknown>> {
  const read = effects.flatMap(({ effect, records }) =>
    records ? [[nameInExpressions(effect.step), records.map(recordNames)] as const] : [],
  );
  return Object.fromEntries(read);
}

function requestInScope(trace: Subject['trace']): Readonly<Record<string, unknown>> {
  return {
    id: trace.requestId,
    durationMs: nanosToMs(trace.endTime - trace.startTime),
    services: [...new Set(trace.spans.map(serviceOf))].sort(),
    traces: trace.traceIds.length,
    completedBy: trace.completedBy ?? '',
  };
}

/** What an invariant can ask of a span, and how it is told. */
const OF_SPAN: Readonly<Record<string, (span: Span, subject: Subject) => unknown>> = {
  id: (span) => span.spanId,
  trace: (span) => span.traceId,
  name: (span) => span.name,
  kind: (span) => span.kind,
  service: serviceOf,
  status: (span) => span.status.code,
  message: (span) => span.status.message,
  durationMs: (span) => nanosToMs(span.endUnixNano - span.startUnixNano),
  attributes: (span) => byAnyName(span.attributes),
  parent: (span) => span.parentSpanId ?? '',
  parentName: (span, subject) => parentOf(span, subject)?.name ?? '',
  parentService: (span, subject) => {
    const parent = parentOf(span, subject);
    return parent ? serviceOf(parent) : '';
  },
  links: (span) => span.links.map(({ spanId }) => spanId),
};

function parentOf({ parentSpanId }: Span, subject: Subject): Span | undefined {
  return parentSpanId === undefined ? undefined : subject.index.get(parentSpanId);
}

function inScope(span: Span, subject: Subject): LookedUp {
  return new LookedUp({
    get: (name) => (Object.hasOwn(OF_SPAN, name) ? OF_SPAN[name]?.(span, subject) : undefined),
    entries: () => Object.entries(OF_SPAN).map(([name, read]) => [name, read(span, subject)] as const),
  });
}

/** Under every name; looked up where an expression asks for one. */
function byAnyName(attributes: Attributes): LookedUp {
  return new LookedUp({ get: (name) => attributes.get(name), entries: () => entriesByAnyName(attributes) });
}
