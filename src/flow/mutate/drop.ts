import type { JudgeableRequest, Span } from '../../model/index.js';
import { withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** The step never happens: neither its spans nor what it leaves. What other steps did below it hangs under its parent then. */
export function drop({ request, observations, family, occurrencesOf }: Subject, step: string): JudgeableRequest {
  const gone = new Set(
    occurrencesOf(step).flatMap(({ spanId, attempts }) =>
      [spanId, ...attempts.map((each) => each.spanId)].flatMap((id) => family.ownOf(id).map((span) => span.spanId)),
    ),
  );
  const spans = request.spans.filter(({ spanId }) => !gone.has(spanId)).map((span) => adopted(span, { gone, family }));
  return {
    request: withSpans(request, spans),
    observations: observations.map((each) =>
      each.effect === step && each.status === 'read' ? { ...each, records: [] } : each,
    ),
  };
}

function adopted(
  span: Span,
  { gone, family }: { readonly gone: ReadonlySet<string>; readonly family: Subject['family'] },
): Span {
  let parent = span.parentSpanId;
  if (parent === undefined || !gone.has(parent)) return span;
  const visited = new Set<string>();
  while (parent !== undefined && gone.has(parent) && !visited.has(parent)) {
    visited.add(parent);
    parent = family.get(parent)?.parentSpanId;
  }
  const above = parent === undefined ? undefined : family.get(parent);
  const instance = (each: Span) => each.resource.get('service.instance.id');
  return {
    ...span,
    parentSpanId: parent,
    parentIsRemote: parent === undefined ? undefined : above !== undefined && instance(above) !== instance(span),
  };
}
