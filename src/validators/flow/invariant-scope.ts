import { nanosToMs } from '../../lib/clock.js';
import {
  type Attributes,
  type AttributeValue,
  entriesByAnyName,
  nameInExpressions,
  type Span,
} from '../../model/index.js';
import { recordNames } from '../store/record-names.js';
import type { Subject } from '../subject.js';
import { serviceOf } from './span-index.js';

/**
 * What invariants may speak of: `steps`, `values` and `params` as everywhere; `spans`, each span of the request; `stores`, the records of each effect that was
 * read; `request`. A store that did not answer is absent, so that what speaks of it cannot be worked out.
 */
export function invariantScope(subject: Subject): Readonly<Record<string, unknown>> {
  const { trace, evidence, effects } = subject;
  const stores = effects.flatMap(({ effect, records }) =>
    records ? [[nameInExpressions(effect.step), records.map(recordNames)] as const] : [],
  );
  return {
    ...evidence.scope,
    /** Worked out only where an invariant speaks of them. */
    get spans() {
      return subject.index.spans.map((span) => spanInScope(span, subject));
    },
    stores: Object.fromEntries(stores),
    request: {
      id: trace.requestId,
      durationMs: nanosToMs(trace.endTime - trace.startTime),
      services: [...new Set(subject.index.spans.map(serviceOf))].sort(),
      traces: trace.traceIds.length,
      completedBy: trace.completedBy ?? '',
    },
  };
}

function spanInScope(span: Span, { index }: Subject): Readonly<Record<string, unknown>> {
  const parent = span.parentSpanId === undefined ? undefined : index.get(span.parentSpanId);
  return {
    id: span.spanId,
    trace: span.traceId,
    name: span.name,
    kind: span.kind,
    service: serviceOf(span) ?? '',
    status: span.status.code,
    message: span.status.message,
    durationMs: nanosToMs(span.endUnixNano - span.startUnixNano),
    attributes: byName(span.attributes),
    parent: span.parentSpanId ?? '',
    parentName: parent?.name ?? '',
    parentService: (parent && serviceOf(parent)) ?? '',
    links: span.links.map(({ spanId }) => spanId),
  };
}

/** Of a key that occurs twice the first wins, as in Attributes. */
function byName(attributes: Attributes): Readonly<Record<string, AttributeValue>> {
  const named: Record<string, AttributeValue> = Object.create(null);
  for (const [key, value] of entriesByAnyName(attributes)) if (!(key in named)) named[key] = value;
  return named;
}
